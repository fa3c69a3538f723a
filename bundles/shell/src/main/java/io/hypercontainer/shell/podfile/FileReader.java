// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a pod's {@code files} and those of its containers. */
final class FileReader {
    /** hyperd's. */
    private static final int DEFAULT_MODE = 0755;

    private final Map<String, FileSource> files = new HashMap<>();

    FileReader(Section pod) {
        for (Section file : pod.sections("files")) {
            Optional<String> name = file.required("name");
            Optional<FileSource> source = source(file);
            file.end();
            if (name.isPresent() && files.containsKey(name.get())) {
                file.problem("name", "file " + Problems.quoted(name.get()) + " is there twice");
            } else if (name.isPresent()) {
                // One that is wrong is known all the same: whoever uses it makes no mistake.
                files.put(
                        name.get(),
                        source.orElse(new FileSource.Content(file.path(""), false, "")));
            }
        }
    }

    List<FileUse> of(Section container) {
        List<FileUse> uses = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (Section use : container.sections("files")) {
            Optional<String> path = use.required("path");
            Optional<String> filename = use.text("filename");
            Optional<FileSource> source = source(use, filename);
            int mode = use.word("perm", Words::permissions).orElse(DEFAULT_MODE);
            String user = use.word("user", Names::user).orElse("");
            String group = use.word("group", Names::user).orElse("");
            use.end();
            Optional<String> target =
                    path.flatMap(p -> use.checked("path", p, t -> target(t, filename)));
            if (target.isPresent() && !paths.add(target.get())) {
                use.problem("path", "there are two files at " + Problems.quoted(target.get()));
            }
            if (target.isPresent() && source.isPresent()) {
                uses.add(new FileUse(target.get(), source.get(), mode, user, group));
            }
        }
        return uses;
    }

    private Optional<FileSource> source(Section use, Optional<String> filename) {
        Optional<Section> detail = use.section("detail");
        if (detail.isPresent()) {
            detail.get().text("name");
            Optional<FileSource> source = source(detail.get());
            detail.get().end();
            return source;
        }
        if (filename.isEmpty()) {
            use.problem("filename", "is missing: name one of the pod's files, or give a detail");
            return Optional.empty();
        }
        FileSource source = files.get(filename.get());
        if (source == null) {
            use.problem("filename", "the pod has no file " + Problems.quoted(filename.get()));
        }
        return Optional.ofNullable(source);
    }

    /** A path that ends with a slash is a folder for the file. */
    private static String target(String path, Optional<String> filename) {
        if (!path.endsWith("/")) {
            return Words.mountPoint(path);
        }
        return Words.mountPoint(
                path
                        + filename.orElseThrow(() ->
                                new InvalidSpec("a path that ends with '/' needs a filename")));
    }

    private static Optional<FileSource> source(Section file) {
        boolean base64 = file.text("encoding", FileReader::isBase64).orElse(false);
        Optional<String> content = file.word("content");
        boolean elsewhere = file.has("uri");
        String field = file.path("uri");
        Optional<FileSource> there = file.text("uri", uri -> source(field, base64, uri));
        if (elsewhere && content.isPresent()) {
            file.problem("content", "goes without uri only");
        }
        return elsewhere
                ? there
                : Optional.of(
                        new FileSource.Content(file.path("content"), base64, content.orElse("")));
    }

    private static boolean isBase64(String encoding) {
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "raw" -> false;
            case "base64" -> true;
            default ->
                    throw new InvalidSpec(
                            Problems.quoted(encoding) + " is unknown: there are raw and base64");
        };
    }

    private static FileSource source(String field, boolean base64, String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidSpec(Problems.quoted(text) + " is no URI: " + e.getReason(), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "http", "https" -> {
                if (uri.getHost() == null || uri.getUserInfo() != null) {
                    throw new InvalidSpec(
                            Problems.quoted(text) + " must have a host, and no user or password");
                }
                yield new FileSource.Web(field, base64, uri);
            }
            case "file" -> new FileSource.Client(field, base64, path(text, uri));
            default ->
                    throw new InvalidSpec(
                            Problems.quoted(text)
                                    + " is not supported: there are http://, https:// and file://");
        };
    }

    /** {@code file:///absolute}, or {@code file:relative} to the folder of the pod file. */
    private static String path(String text, URI uri) {
        if (uri.getAuthority() != null && !uri.getAuthority().equals("localhost")) {
            throw new InvalidSpec(
                    Problems.quoted(text)
                            + " names a host: write file:///path, or file:path for one beside the"
                            + " pod file");
        }
        String path = uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath();
        if (path == null || path.isEmpty() || path.indexOf('\0') >= 0) {
            throw new InvalidSpec(Problems.quoted(text) + " has no path");
        }
        return path;
    }
}
