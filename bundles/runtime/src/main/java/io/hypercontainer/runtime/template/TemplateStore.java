// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.runtime.store.AtomicFile;
import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Templates on disk: a folder each, with what the driver saved in it and a record beside that. What
 * is being made is in a folder whose name ends otherwise; it is complete when that is renamed.
 */
public final class TemplateStore {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateStore.class);
    private static final String UNFINISHED = ".new";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{12}(\\.new)?");
    private static final String STATE = "state";
    private static final String MACHINE = "vm";
    private static final String RECORD = "template.json";
    private static final long MAX_RECORD = 1 << 16;

    /** What a template leaves to those who need the disk: it only saves time. */
    private static final long LEFT_TO_OTHERS = 1L << 30;

    private final JsonMapper json = JsonMapper.builder().build();
    private final Path folder;
    private final Clock clock;

    /**
     * @param root the daemon's folder
     */
    public TemplateStore(Path root, Clock clock) {
        this.folder = root.resolve("templates");
        this.clock = clock;
    }

    /** A template that is being made. */
    record Draft(Path folder) {
        /** {@return where the driver saves it} */
        Path state() {
            return folder.resolve(STATE);
        }

        /** {@return the folder of the machine that is saved} */
        Path machine() {
            return folder.resolve(MACHINE);
        }
    }

    /** {@return what the driver saved, if there is such a template} */
    Optional<Path> find(TemplateId id) {
        Path template = folder.resolve(id.text());
        return Files.exists(template.resolve(RECORD))
                ? Optional.of(template.resolve(STATE))
                : Optional.empty();
    }

    /** Notes that a template is of use, so that another goes first. */
    void use(TemplateId id) {
        try {
            Files.setLastModifiedTime(folder.resolve(id.text()), FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("Template {} has gone", id, e);
        }
    }

    /**
     * {@return whether the disk has room for a template}
     *
     * @param memory bytes of the machine's memory, all of which could be in use
     */
    boolean hasRoom(long memory) {
        try {
            Folders.make(folder);
            return Files.getFileStore(folder).getUsableSpace() >= memory + LEFT_TO_OTHERS;
        } catch (IOException e) {
            LOG.debug("the room in {} is not known", folder, e);
            return false;
        }
    }

    Draft begin(TemplateId id, TemplateRecord record) throws IOException {
        Draft draft = draft(id);
        Folders.delete(draft.folder());
        Folders.make(draft.state());
        Folders.make(draft.machine());
        AtomicFile.write(draft.folder(), RECORD, json.writeValueAsBytes(record), true);
        AtomicFile.forceFolder(folder);
        return draft;
    }

    /** The machine has ended, and all that was saved is on disk. */
    void complete(TemplateId id) throws IOException {
        Draft draft = draft(id);
        Folders.delete(draft.machine());
        AtomicFile.forceFolder(draft.folder());
        try {
            Files.move(draft.folder(), folder.resolve(id.text()), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            Folders.delete(draft.folder());
        }
        AtomicFile.forceFolder(folder);
    }

    Draft draft(TemplateId id) {
        return new Draft(folder.resolve(id.text() + UNFINISHED));
    }

    void delete(TemplateId id) {
        try {
            Path template = folder.resolve(id.text());
            // First of all it is no template any more.
            Files.deleteIfExists(template.resolve(RECORD));
            Folders.delete(template);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete template " + id + ": " + e, e);
        }
    }

    void abandon(TemplateId id) throws IOException {
        Folders.delete(draft(id).folder());
    }

    /** {@return what an earlier daemon did not finish; the driver of it if that is known} */
    Map<TemplateId, Optional<String>> unfinished() {
        Map<TemplateId, Optional<String>> all =
                new TreeMap<>(Comparator.comparing(TemplateId::text));
        for (Path each : folders()) {
            String name = each.getFileName().toString();
            if (name.endsWith(UNFINISHED)) {
                TemplateId id =
                        new TemplateId(name.substring(0, name.length() - UNFINISHED.length()));
                all.put(id, record(each).map(TemplateRecord::hypervisor));
            }
        }
        return all;
    }

    /** {@return all templates, those first that were of use last} */
    public Map<TemplateId, TemplateRecord> all() {
        Map<TemplateId, TemplateRecord> all = new java.util.LinkedHashMap<>();
        for (Path each : folders()) {
            String name = each.getFileName().toString();
            if (!name.endsWith(UNFINISHED)) {
                record(each).ifPresent(record -> all.put(new TemplateId(name), record));
            }
        }
        return all;
    }

    /** {@return what is said of one that is being made, if that is known yet} */
    public Optional<TemplateRecord> draftRecord(TemplateId id) {
        return record(draft(id).folder());
    }

    private List<Path> folders() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> all = new ArrayList<>();
        try (Stream<Path> each = Files.list(folder)) {
            each.filter(TemplateStore::isOurs).forEach(all::add);
        } catch (IOException e) {
            throw new DriverFailure("cannot list " + folder + ": " + e, e);
        }
        all.sort(Comparator.comparing(TemplateStore::used).reversed());
        return all;
    }

    /** What else lies there is somebody's own. */
    private static boolean isOurs(Path template) {
        return NAME.matcher(template.getFileName().toString()).matches();
    }

    private static FileTime used(Path template) {
        try {
            return Files.getLastModifiedTime(template);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private Optional<TemplateRecord> record(Path template) {
        Path file = template.resolve(RECORD);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_RECORD) {
                return Optional.empty();
            }
            return Optional.of(json.readValue(Files.readAllBytes(file), TemplateRecord.class));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.warn("{} is damaged: {}", file, e.toString());
            return Optional.empty();
        }
    }
}
