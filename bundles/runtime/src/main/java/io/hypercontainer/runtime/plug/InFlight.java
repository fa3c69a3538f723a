// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.driver.Driver;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the calls that go on in a driver. When its bundle stops they are waited for, so that its
 * successor does not find a launch or a change of a disk half done and clears it up. Whoever calls
 * later gets the successor.
 */
public final class InFlight implements InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(InFlight.class);

    private final Driver driver;
    private final Supplier<? extends Driver> successor;
    private int calls; // guarded by this
    private boolean closed; // guarded by this

    private InFlight(Driver driver, Supplier<? extends Driver> successor) {
        this.driver = driver;
        this.successor = successor;
    }

    /**
     * @param type the contract
     * @param driver a driver
     * @param successor finds the driver of a name that is there now
     * @return the driver, with its calls counted
     */
    public static <D extends Driver> D counting(
            Class<D> type, D driver, Function<String, D> successor) {
        String name = driver.name();
        return type.cast(
                Proxy.newProxyInstance(
                        InFlight.class.getClassLoader(),
                        new Class<?>[] {type},
                        new InFlight(driver, () -> successor.apply(name))));
    }

    /**
     * Passes further calls on, and waits until those that go on have returned.
     *
     * @param counting from {@link #counting}
     * @param patience how long at most
     */
    public static void drain(Driver counting, Duration patience) {
        if (Proxy.isProxyClass(counting.getClass())
                && Proxy.getInvocationHandler(counting) instanceof InFlight inFlight) {
            inFlight.drain(patience);
        }
    }

    /**
     * @param counting what {@link #counting} gave or may have given
     * @param driver a driver
     * @return whether that is the driver whose calls are counted
     */
    public static boolean isFor(Driver counting, Driver driver) {
        return Proxy.isProxyClass(counting.getClass())
                && Proxy.getInvocationHandler(counting) instanceof InFlight inFlight
                && inFlight.driver.equals(driver);
    }

    private synchronized void drain(Duration patience) {
        closed = true;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (calls > 0) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    LOG.warn("{} calls to driver {} do not end", calls, driver);
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean begin() {
        if (!closed) {
            calls++;
        }
        return !closed;
    }

    private synchronized void end() {
        calls--;
        notifyAll();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(method, arguments);
        }
        if (!begin()) {
            return call(successor.get(), method, arguments);
        }
        try {
            return call(driver, method, arguments);
        } finally {
            end();
        }
    }

    private static @Nullable Object call(
            Driver target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private Object ofObject(Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isThis(arguments[0]);
            case "hashCode" -> System.identityHashCode(this);
            default -> driver.toString();
        };
    }

    private boolean isThis(@Nullable Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other).equals(this);
    }
}
