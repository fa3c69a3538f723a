// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Map;

/** What a daemon does when it is killed. */
public enum Work {
    /** It starts a machine; says its record. */
    LAUNCH {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            var folder = kit.makeFolder(name);
            var plan = new MachinePlan(kit, "unused").spec();
            return Records.encode(
                    kit.hypervisor()
                            .launch(
                                    new io.hypercontainer.api.hypervisor.VmSpec(
                                            name,
                                            folder,
                                            1,
                                            plan.memoryBytes(),
                                            plan.boot(),
                                            List.of(),
                                            List.of(),
                                            List.of(),
                                            false))
                            .record());
        }
    },
    /** It takes a layer in, and is in the middle of its archive. */
    IMPORT_HALF {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            var tar = layer(name);
            var half = tar.length / 2;
            var rest =
                    new InputStream() {
                        @Override
                        public int read() {
                            middle.run();
                            return -1;
                        }

                        @Override
                        public int read(byte[] bytes, int from, int length) {
                            return read();
                        }
                    };
            var in = new SequenceInputStream(new ByteArrayInputStream(tar, 0, half), rest);
            kit.storage().importLayer(Layers.of(tar), in, () -> {});
            return name;
        }
    },
    /** It takes a layer in, has read all, and is about to know that it is the right one. */
    IMPORT_VERIFY {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            var tar = layer(name);
            kit.storage().importLayer(Layers.of(tar), new ByteArrayInputStream(tar), middle);
            return name;
        }
    },
    /** It takes a layer in. */
    IMPORT {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            Layers.take(kit.storage(), layer(name));
            return name;
        }
    },
    /** It makes a root file system. */
    PREPARE {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            var layer = Layers.take(kit.storage(), layer("base"));
            middle.run();
            kit.storage().prepareRoot(root(kit, name, layer.diffId()));
            return name;
        }
    },
    /** It deletes a root file system. */
    RELEASE {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            var layer = Layers.take(kit.storage(), layer("base"));
            kit.storage().prepareRoot(root(kit, name, layer.diffId()));
            middle.run();
            kit.storage().releaseRoot(name);
            return name;
        }
    },
    /** It makes a volume. */
    CREATE {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            middle.run();
            kit.storage().createVolume(volume(name));
            return name;
        }
    },
    /** It deletes a volume. */
    REMOVE {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            kit.storage().createVolume(volume(name));
            middle.run();
            kit.storage().removeVolume(name);
            return name;
        }
    },
    /** It connects a pod with a published port. */
    CONNECT {
        @Override
        String run(Kit kit, String name, Runnable middle) {
            middle.run();
            var network = kit.network().networks().getFirst().name();
            var port = new PortMapping("tcp", "127.0.0.1", 0, 80);
            var endpoint =
                    kit.network()
                            .connect(new EndpointSpec(name, network, List.of(name), List.of(port)));
            return Integer.toString(endpoint.ports().getFirst().hostPort());
        }
    };

    private static final long DISK = 64L << 20;

    /**
     * @param middle is called where the work is best cut off; until then changes do not count
     * @return a word that tells what was done
     */
    abstract String run(Kit kit, String name, Runnable middle);

    /** {@return the archive of a layer} */
    public static byte[] layer(String name) {
        var tar = new Tar().folder("etc");
        for (int i = 0; i < 200; i++) {
            tar.file("etc/" + name + "-" + i, "content of file " + i + "\n".repeat(i));
        }
        return tar.bytes();
    }

    static RootSpec root(Kit kit, String container, String layer) {
        var form = kit.storage().forms().iterator().next();
        return new RootSpec(container, List.of(layer), DISK, false, form);
    }

    static VolumeSpec volume(String name) {
        return new VolumeSpec(name, DISK, Map.of("key", "value"));
    }
}
