// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.Interrupted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;

/**
 * The commands that are there at present. Where two have the same name, the one that came first
 * counts; the other takes its place when it goes.
 */
@Component(service = CommandCatalog.class)
public final class CommandCatalog {
    /**
     * A command that was typed.
     *
     * @param entry the command
     * @param typed the name by which it was called
     * @param arguments the words behind the name
     */
    public record Match(CommandEntry entry, String typed, List<String> arguments) {}

    private final List<CommandEntry> entries = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Names of commands that were there once and are not now; its own lock. */
    private final Set<String> gone = new HashSet<>();

    /**
     * Adds a command.
     *
     * @param entry the command
     */
    public void add(CommandEntry entry) {
        entries.add(entry);
        synchronized (gone) {
            entry.names().forEach(gone::remove);
            gone.notifyAll();
        }
        tell();
    }

    /**
     * Takes a command out.
     *
     * @param entry that was added
     */
    public void remove(CommandEntry entry) {
        synchronized (gone) {
            entry.names().forEach(gone::add);
        }
        entries.remove(entry);
        tell();
    }

    /**
     * Asks whether a command was there once that is not now: its bundle, or what it needs, is
     * stopped or being replaced.
     *
     * @param words a command line
     * @return whether its command was there
     */
    public boolean hasGone(List<String> words) {
        synchronized (gone) {
            return gone.contains(words.getFirst())
                    || (words.size() > 1 && gone.contains(words.getFirst() + " " + words.get(1)));
        }
    }

    /**
     * Waits for a command that has gone.
     *
     * @param words a command line
     * @param patience how long at most
     * @return the command; empty if it does not come back
     */
    public Optional<Match> awaitReturn(List<String> words, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            synchronized (gone) {
                while (true) {
                    Optional<Match> found = find(words);
                    long millis = (deadline - System.nanoTime()) / 1_000_000;
                    if (found.isPresent() || millis <= 0) {
                        return found;
                    }
                    gone.wait(millis);
                }
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for a command", e);
        }
    }

    /**
     * Has a listener called when commands have come or gone.
     *
     * @param listener called on threads of whoever adds and removes commands
     */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Ends {@link #listen}.
     *
     * @param listener that was called
     */
    public void unlisten(Runnable listener) {
        listeners.remove(listener);
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    /** {@return the first words of all names, aliases included, of commands that are not hidden} */
    public SortedSet<String> firstWords() {
        var words = new TreeSet<String>();
        entries.stream()
                .filter(entry -> !entry.hidden())
                .flatMap(CommandEntry::names)
                .map(name -> name.split(" ", 2)[0])
                .forEach(words::add);
        return words;
    }

    /** {@return the commands by name, without aliases} */
    public SortedMap<String, CommandEntry> byName() {
        var all = new TreeMap<String, CommandEntry>();
        entries.forEach(entry -> all.putIfAbsent(entry.name(), entry));
        return all;
    }

    /**
     * The commands below a first word.
     *
     * @param word such as {@code volume}
     * @return name without that word, and command
     */
    public SortedMap<String, CommandEntry> below(String word) {
        var all = new TreeMap<String, CommandEntry>();
        var start = word + " ";
        for (var entry : entries) {
            entry.names()
                    .filter(name -> name.startsWith(start))
                    .forEach(name -> all.putIfAbsent(name.substring(start.length()), entry));
        }
        return all;
    }

    /**
     * Finds the command of a command line: the longest name counts.
     *
     * @param words the command line
     * @return the command, if there is one
     */
    public Optional<Match> find(List<String> words) {
        for (int length = Math.min(2, words.size()); length > 0; length--) {
            var typed = String.join(" ", words.subList(0, length));
            for (var entry : entries) {
                if (entry.names().anyMatch(typed::equals)) {
                    var arguments = new ArrayList<>(words.subList(length, words.size()));
                    return Optional.of(new Match(entry, typed, arguments));
                }
            }
        }
        return Optional.empty();
    }
}
