// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the tree of a template. */
final class Parser {
    private static final int DEPTH = 64;
    private static final Set<String> ENDS = Set.of("end", "else");
    private final List<Token> tokens;
    private final Set<String> variables = new HashSet<>(Set.of(""));
    private int at;
    private int depth;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static List<Node> parse(String source) {
        Parser parser = new Parser(Lexer.tokens(source));
        List<Node> nodes = parser.block();
        if (parser.at < parser.tokens.size()) {
            parser.at++;
            throw error("unexpected {{" + ((Token.Word) parser.next()).name() + "}}");
        }
        return nodes;
    }

    /** Nodes up to {@code end}, {@code else} or the end of the template, which stays unread. */
    private List<Node> block() {
        enter();
        List<Node> nodes = new ArrayList<>();
        while (at < tokens.size()) {
            if (tokens.get(at) instanceof Token.Text text) {
                nodes.add(new Node.Text(text.text()));
                at++;
            } else if (tokens.get(at + 1) instanceof Token.Word word
                    && ENDS.contains(word.name())) {
                break;
            } else {
                at++;
                nodes.add(action());
            }
        }
        depth--;
        return nodes;
    }

    private Node action() {
        if (peek() instanceof Token.Word word) {
            switch (word.name()) {
                case "if", "with", "range" -> {
                    at++;
                    return control(word.name());
                }
                case "define", "template", "block", "break", "continue" ->
                        throw error("{{" + word.name() + "}} is not supported");
                default -> {}
            }
        }
        if (peek() instanceof Token.Variable variable
                && tokens.get(at + 1) instanceof Token.Sign sign
                && (sign.sign().equals(":=") || sign.sign().equals("="))) {
            at += 2;
            boolean isNew = sign.sign().equals(":=");
            if (!isNew) {
                known(variable.name());
            }
            Node node = new Node.Assign(variable.name(), isNew, pipeline("command"));
            variables.add(variable.name());
            close();
            return node;
        }
        Expression value = pipeline("command");
        close();
        return new Node.Print(value);
    }

    private Node control(String keyword) {
        @Nullable String first = null;
        @Nullable String second = null;
        if (peek() instanceof Token.Variable variable && declares()) {
            first = variable.name();
            at++;
            if (take(",")) {
                if (!keyword.equals("range") || !(next() instanceof Token.Variable element)) {
                    throw error("too many declarations in " + keyword);
                }
                second = element.name();
            }
            expect(":=");
        }
        Expression value = pipeline(keyword);
        close();
        if (first != null) {
            variables.add(first);
        }
        if (second != null) {
            variables.add(second);
        }
        List<Node> then = block();
        List<Node> otherwise = otherwise();
        if (!keyword.equals("range")) {
            return new Node.If(first, value, keyword.equals("with"), then, otherwise);
        }
        return second == null
                ? new Node.Range(null, first, value, then, otherwise)
                : new Node.Range(first, second, value, then, otherwise);
    }

    private boolean declares() {
        return tokens.get(at + 1) instanceof Token.Sign sign
                && (sign.sign().equals(":=") || sign.sign().equals(","));
    }

    /** What stands between {@code else} and {@code end}, both included. */
    private List<Node> otherwise() {
        if (at >= tokens.size()) {
            throw error("unexpected EOF");
        }
        at++;
        if (((Token.Word) next()).name().equals("end")) {
            close();
            return List.of();
        }
        if (peek() instanceof Token.Word word
                && (word.name().equals("if") || word.name().equals("with"))) {
            enter();
            at++;
            List<Node> nodes = List.of(control(word.name()));
            depth--;
            return nodes;
        }
        close();
        List<Node> nodes = block();
        if (at >= tokens.size()) {
            throw error("unexpected EOF");
        }
        at++;
        if (!((Token.Word) next()).name().equals("end")) {
            throw error("unexpected {{else}}");
        }
        close();
        return nodes;
    }

    private Expression pipeline(String context) {
        enter();
        if (peek() instanceof Token.Close || sign(")")) {
            throw error("missing value for " + context);
        }
        Expression value = command(null);
        while (take("|")) {
            value = command(value);
        }
        depth--;
        return value;
    }

    /** A function or method with its arguments, or a single operand. */
    private Expression command(@Nullable Expression piped) {
        List<Expression> arguments = new ArrayList<>();
        if (peek() instanceof Token.Word word) {
            at++;
            Functions.check(word.name());
            operands(arguments, piped);
            return new Expression.Call(word.name(), arguments);
        }
        Expression operand = operand();
        operands(arguments, piped);
        if (arguments.isEmpty()) {
            if (operand instanceof Expression.Constant(var value) && value == null) {
                throw error("nil is not a command");
            }
            return operand;
        }
        if (operand instanceof Expression.Field field && field.arguments().isEmpty()) {
            return new Expression.Field(field.base(), field.name(), arguments);
        }
        throw error("can't give argument to non-function");
    }

    private void operands(List<Expression> arguments, @Nullable Expression piped) {
        while (!(peek() instanceof Token.Close) && !sign("|") && !sign(")")) {
            arguments.add(operand());
        }
        if (piped != null) {
            arguments.add(piped);
        }
    }

    private Expression operand() {
        Expression value =
                switch (next()) {
                    case Token.Constant constant -> new Expression.Constant(constant.value());
                    case Token.Variable variable -> {
                        known(variable.name());
                        yield new Expression.Variable(variable.name());
                    }
                    case Token.Dot dot when dot.name().isEmpty() -> new Expression.Dot();
                    case Token.Dot dot ->
                            new Expression.Field(new Expression.Dot(), dot.name(), List.of());
                    case Token.Word word -> {
                        Functions.check(word.name());
                        yield new Expression.Call(word.name(), List.of());
                    }
                    case Token.Sign sign when sign.sign().equals("(") -> {
                        Expression inner = pipeline("parenthesized pipeline");
                        expect(")");
                        yield inner;
                    }
                    case Token.Sign sign -> throw error("unexpected '" + sign.sign() + "'");
                    case Token.Text t -> throw error("unclosed action");
                    case Token.Open o -> throw error("unclosed action");
                    case Token.Close c -> throw error("missing value");
                };
        while (peek() instanceof Token.Dot dot && dot.attached()) {
            at++;
            if (dot.name().isEmpty()) {
                throw error("unexpected '.'");
            }
            value = new Expression.Field(value, dot.name(), List.of());
        }
        return value;
    }

    private void known(String variable) {
        if (!variables.contains(variable)) {
            throw error("undefined variable \"$" + variable + "\"");
        }
    }

    private void close() {
        if (!(next() instanceof Token.Close)) {
            at--;
            throw error(
                    peek() instanceof Token.Sign sign
                            ? "unexpected '" + sign.sign() + "'"
                            : "unexpected operand");
        }
    }

    private boolean sign(String sign) {
        return peek() instanceof Token.Sign s && s.sign().equals(sign);
    }

    private boolean take(String sign) {
        if (!sign(sign)) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(String sign) {
        if (!take(sign)) {
            throw error("expected '" + sign + "'");
        }
    }

    // The lexer ends each action with a Close, so inside of an action there always is a next token.
    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(at++);
    }

    private void enter() {
        if (++depth > DEPTH) {
            throw error("nested more than " + DEPTH + " levels deep");
        }
    }

    private static InvalidSpec error(String why) {
        return new InvalidSpec("template parsing error: " + why);
    }
}
