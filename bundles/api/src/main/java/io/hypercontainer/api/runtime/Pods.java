// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Pods of this daemon. A pod is named by its id, by an unambiguous beginning of its id, or by its
 * name. Each container has a pod; {@link Containers#create} makes one for a container that names
 * none. What a method has done when it returns is on disk.
 */
@ProviderType
public interface Pods {
    /**
     * Makes a pod with its first containers. Nothing of it runs yet; if one of the containers
     * cannot be made, nothing is left.
     *
     * @param spec what is wanted
     * @return the pod
     * @throws io.hypercontainer.api.NotFound if an image or the network does not exist
     * @throws io.hypercontainer.api.Conflict if a name is taken
     * @throws io.hypercontainer.api.InvalidSpec if a value is out of range
     */
    Pod create(PodSpec spec);

    /**
     * Boots the pod's machine if it does not run, and starts those of its containers that do not
     * run. The machine then runs until the pod is stopped, whether containers run in it or not.
     *
     * @param name the pod
     * @throws CannotExecute if a container's program is missing; the others are started
     */
    void start(String name) throws CannotExecute;

    /**
     * Stops all containers as {@link Containers#stop} does, at the same time, and then the machine.
     * Does nothing if the pod does not run.
     *
     * @param name the pod
     * @param grace how long the containers may take; empty for their own times
     */
    void stop(String name, Optional<Duration> grace);

    /**
     * Sends a signal to all running containers' processes.
     *
     * @param name the pod
     * @param signal name with or without {@code SIG}, or number
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    void kill(String name, String signal);

    /**
     * Deletes a pod and its containers.
     *
     * @param name the pod
     * @param force stop it first if it runs
     * @param volumes delete the containers' anonymous volumes too
     * @throws io.hypercontainer.api.Conflict if it runs and {@code force} is not given
     */
    void remove(String name, boolean force, boolean volumes);

    /**
     * Halts the pod's machine. Does nothing if it is halted.
     *
     * @param name the pod
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    void pause(String name);

    /**
     * Lets a halted machine go on, and sets its clock.
     *
     * @param name the pod
     * @throws io.hypercontainer.api.Conflict if it is not paused
     */
    void unpause(String name);

    /**
     * Changes labels.
     *
     * @param name the pod
     * @param labels what is added
     * @param override whether values of labels that exist may be replaced
     * @return the pod
     * @throws io.hypercontainer.api.Conflict if a label exists and may not be replaced
     */
    Pod label(String name, Map<String, String> labels, boolean override);

    /**
     * Changes what is published, of a running pod at once.
     *
     * @param name the pod
     * @param ports all ports that shall be published from now on
     * @return the pod, with the host ports that were chosen
     */
    Pod publish(String name, List<PortMapping> ports);

    /**
     * Changes the services, in a running pod at once.
     *
     * @param name the pod
     * @param services all services from now on
     * @return the pod
     */
    Pod serve(String name, List<Service> services);

    /**
     * Changes the machine's size. A running machine is changed at once if its hypervisor can, else
     * at the next start.
     *
     * @param name the pod
     * @param memoryBytes guest memory
     * @param cpus CPUs
     * @return the pod
     * @throws io.hypercontainer.api.Unsupported if it runs and the hypervisor cannot; nothing has
     *     changed then
     */
    Pod resize(String name, Optional<Long> memoryBytes, Optional<Double> cpus);

    /**
     * Changes the name. A pod that was made for one container is renamed with it.
     *
     * @param name the pod
     * @param to its new name
     */
    void rename(String name, String to);

    /** {@return all pods, newest first} */
    List<Pod> list();

    /**
     * Looks a pod up.
     *
     * @param name the pod
     * @return all about it
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    Pod get(String name);
}
