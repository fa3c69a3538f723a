// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** Requests with a stream of their own: what the guest answers, or takes, as it comes. */
final class Transfers {
    private static final int CHUNK = 64 * 1024;

    private final Connection connection;

    Transfers(Connection connection) {
        this.connection = connection;
    }

    /** Asks the guest for something that it sends as a stream; all of it goes to the sink. */
    void read(ObjectNode request, Duration timeout, OutputStream sink) {
        int id = connection.newStreamId();
        GuestOutput output = connection.openOutput(id, 0);
        boolean complete = false;
        try (Call call = connection.begin(request.put("stream", id), timeout)) {
            call.onFailure(() -> output.onLost("the guest gave up"));
            byte[] buffer = new byte[CHUNK];
            for (int count = next(output, buffer, call);
                    count >= 0;
                    count = next(output, buffer, call)) {
                sink.write(buffer, 0, count);
            }
            await(call);
            complete = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end(id, complete);
        }
    }

    /** When the stream breaks off, the answer to the request says why. */
    private static int next(InputStream output, byte[] buffer, Call call) throws IOException {
        try {
            return output.read(buffer);
        } catch (IOException e) {
            await(call);
            throw e;
        }
    }

    /** Sends the guest all that the source has, and waits until it has dealt with it. */
    void write(ObjectNode request, Duration timeout, InputStream source) {
        int id = connection.newStreamId();
        GuestInput input = connection.openInput(id, 0, 0);
        boolean complete = false;
        try (Call call = connection.begin(request.put("stream", id), timeout)) {
            // Ends a wait for the window.
            call.onFailure(input::onClosed);
            byte[] buffer = new byte[CHUNK];
            for (int count = source.read(buffer);
                    count >= 0 && !call.isAnswered();
                    count = source.read(buffer)) {
                send(input, buffer, count, call);
            }
            send(input, buffer, -1, call);
            await(call);
            complete = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end(id, complete);
        }
    }

    /** Sends bytes, or (-1) the end. */
    private static void send(GuestInput input, byte[] buffer, int count, Call call)
            throws IOException {
        try {
            if (count < 0) {
                input.close();
            } else {
                input.write(buffer, 0, count);
            }
        } catch (IOException e) {
            await(call);
            throw e;
        }
    }

    private void end(int id, boolean complete) {
        if (complete) {
            connection.forgetStream(id);
        } else {
            connection.dropStream(id);
        }
    }

    private static void await(Call call) {
        try {
            call.await();
        } catch (GuestError e) {
            throw e.asHyperException();
        }
    }
}
