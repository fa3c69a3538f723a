// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageUser;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.registry.Downloads;
import io.hypercontainer.image.registry.RegistryClient;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.Census;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import io.hypercontainer.image.store.Retention;
import io.hypercontainer.image.store.StorageDrivers;
import io.hypercontainer.image.store.StoreFolder;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/** The image store as a service. */
@Component(service = Images.class, immediate = true, configurationPid = "hyper.image")
@Designate(ocd = ImageConfiguration.class)
public final class ImageService implements Images {
    private final BlobStore blobs;
    private final Catalog catalog;
    private final StorageDrivers drivers;
    private final Retention retention;
    private final Census census;
    private final LayerProvider provider;
    private final RegistryClient client;
    private final Downloads downloads;
    private final Puller puller;
    private final Loader loader;
    private final Committer committer;
    private final BuiltinImages builtin;
    private final Remover remover;
    private final List<ImageUser> users = new CopyOnWriteArrayList<>();

    /**
     * @param context tells where the daemon's folders are
     * @param configuration the configuration {@code hyper.image}
     */
    @Activate
    public ImageService(BundleContext context, ImageConfiguration configuration) {
        this(
                folder(context, HyperProperties.ROOT),
                folder(context, HyperProperties.HOME),
                ImageSettings.of(configuration));
    }

    /**
     * @param state the daemon's state folder
     * @param home the daemon's own folder
     * @param settings the configuration
     */
    ImageService(Path state, Path home, ImageSettings settings) {
        Path root = state.resolve("images");
        StoreFolder folder = new StoreFolder(root);
        blobs = new BlobStore(folder, root);
        catalog = new Catalog(folder, blobs);
        drivers = new StorageDrivers(settings.storage());
        retention = new Retention(folder, catalog, blobs, drivers);
        census = new Census(folder, blobs, retention, drivers);
        LayerImporter importer = new LayerImporter(settings.maxLayerBytes());
        provider = new LayerProvider(blobs, importer);
        client = new RegistryClient(settings.registry());
        downloads = new Downloads(blobs, settings.registry());
        puller =
                new Puller(
                        settings,
                        client,
                        downloads,
                        blobs,
                        catalog,
                        retention,
                        new LayerPuller(downloads, blobs, importer, drivers));
        loader = new Loader(settings, blobs, catalog, retention, provider, drivers);
        committer =
                new Committer(
                        settings, blobs, catalog, retention, provider, drivers, Clock.systemUTC());
        builtin = new BuiltinImages(home.resolve("images"), folder, catalog, loader);
        remover = new Remover(catalog, retention, users);
    }

    private static Path folder(BundleContext context, String property) {
        String path = context.getProperty(property);
        if (path == null) {
            throw new InvalidSpec("the framework property " + property + " is missing");
        }
        return Path.of(path);
    }

    @Activate
    void start() {
        builtin.start();
    }

    @Deactivate
    void stop() {
        downloads.close();
        client.close();
        builtin.stop();
    }

    @org.osgi.service.component.annotations.Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void bindStorage(StorageDriver driver, Map<String, Object> properties) {
        drivers.add(driver, properties);
        retention.settleLayers();
    }

    void unbindStorage(StorageDriver driver, Map<String, Object> properties) {
        drivers.remove(driver, properties);
    }

    @org.osgi.service.component.annotations.Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void bindUser(ImageUser user) {
        users.add(user);
    }

    void unbindUser(ImageUser user) {
        users.remove(user);
    }

    @Override
    public List<Image> list() {
        return catalog.images().stream()
                .map(this::image)
                .sorted(Comparator.comparing(Image::created).reversed().thenComparing(Image::id))
                .toList();
    }

    @Override
    public Image get(String name) {
        return image(find(name));
    }

    private Catalog.Stored find(String name) {
        return look(name)
                .or(() -> {
                    builtin.await();
                    return look(name);
                })
                .orElseThrow(() -> new NotFound(missing(name)));
    }

    private static String missing(String name) {
        return isIdPrefix(name)
                ? "no such image: " + name
                : "no such image: %s; fetch it with: hyperctl pull %s"
                        .formatted(Reference.parse(name).withDefaultTag().familiar(), name);
    }

    /** Docker's order: a whole id, a reference, the beginning of an id. */
    private Optional<Catalog.Stored> look(String name) {
        Optional<Digest> id = Digest.find(name).or(() -> Digest.find("sha256:" + name));
        if (id.isPresent()) {
            return catalog.image(id.get());
        }
        Optional<Catalog.Stored> named = catalog.image(Reference.parse(name).recorded());
        return named.isPresent() || !isIdPrefix(name) ? named : startingWith(name);
    }

    private static boolean isIdPrefix(String name) {
        return name.matches("(sha256:)?[0-9a-f]{2,64}");
    }

    private Optional<Catalog.Stored> startingWith(String name) {
        String prefix = name.startsWith("sha256:") ? name : "sha256:" + name;
        List<Catalog.Stored> all =
                catalog.images().stream()
                        .filter(image -> image.id().toString().startsWith(prefix))
                        .toList();
        if (all.size() > 1) {
            throw new InvalidSpec(
                    "%d images have ids that begin with %s; write more of the id"
                            .formatted(all.size(), name));
        }
        return all.stream().findFirst();
    }

    @Override
    public Image pull(String reference, Credentials credentials, Consumer<Progress> progress) {
        return image(puller.pull(Reference.parse(reference).recorded(), credentials, progress));
    }

    @Override
    public List<Image> load(InputStream archive, Consumer<Progress> progress) {
        return loader.load(archive, progress).stream().map(this::image).toList();
    }

    @Override
    public Image commit(NewImage image, Consumer<OutputStream> layer) {
        return image(committer.commit(image, layer));
    }

    @Override
    public void tag(String name, String reference) {
        Reference target = Reference.parse(reference);
        if (target.digest().isPresent()) {
            throw new InvalidSpec(
                    "cannot tag " + name + " as " + reference + ": a digest cannot be given");
        }
        catalog.name(target.recorded(), find(name).id());
    }

    @Override
    public Removal remove(String name, boolean force) {
        Catalog.Stored image = find(name);
        boolean byId = Digest.find(name).or(() -> Digest.find("sha256:" + name)).isPresent();
        if (!byId) {
            Reference reference = Reference.parse(name).recorded();
            if (catalog.image(reference).isPresent()) {
                return remover.removeName(reference, image, force);
            }
        }
        return remover.removeImage(image, force);
    }

    @Override
    public void provide(Image image, StorageDriver storage) {
        Catalog.Stored stored =
                catalog.image(Digest.parse(image.id(), "image"))
                        .orElseThrow(() -> new NotFound("no such image: " + image.id()));
        List<Digest> chain = stored.record().chain();
        if (ImageRecord.layers(chain).stream().allMatch(storage::hasLayer)) {
            return;
        }
        try (Retention.Lease lease = retention.lease()) {
            lease.holdBlobs(stored.record().blobs().toList());
            lease.holdLayers(chain);
            provider.provide(stored.record(), lease, storage);
        }
    }

    @Override
    public List<Holding> census() {
        return census.take();
    }

    @Override
    public void dispose(Holding holding) {
        if (holding instanceof Holding.Left left) {
            census.dispose(left);
        }
    }

    private Image image(Catalog.Stored stored) {
        List<Reference> names = catalog.referencesOf(stored.id());
        return new Image(
                stored.id().toString(),
                names.stream().filter(n -> n.tag().isPresent()).map(Reference::familiar).toList(),
                names.stream()
                        .filter(n -> n.digest().isPresent())
                        .map(Reference::familiar)
                        .toList(),
                stored.configuration().created(),
                stored.record().layers().stream().mapToLong(StoredLayer::size).sum(),
                stored.record().chain().stream().map(Digest::toString).toList(),
                stored.configuration().config());
    }
}
