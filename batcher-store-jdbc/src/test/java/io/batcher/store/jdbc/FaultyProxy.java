/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy that breaks one connection, at the n-th request. Each read from a client's socket counts as a request. */
final class FaultyProxy implements AutoCloseable {

    enum Fault {
        /** The connection ends before the request reaches the server. */
        CUT_REQUEST,
        /** The connection ends after the server got the request, before its answer. */
        CUT_ANSWER,
        /** The server gets the request long after the client has given up. */
        DELAY_REQUEST,
        /** The server gets the request at once; its answer comes when the client has given up. */
        DELAY_ANSWER,
        /** The server gets half of the request, and the client a reset. */
        RESET
    }

    /** In this time the server executes what it got, before it notices that the connection has ended. */
    private static final long SERVER_NANOS = 50_000_000;

    private final ServerSocket listener;
    private final int port;
    private final Fault fault;
    private final int position;
    private final long delayNanos;
    private final AtomicInteger requests = new AtomicInteger(Integer.MIN_VALUE);
    private volatile boolean through;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    FaultyProxy(int port, Fault fault, int position, long delayNanos) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = port;
        this.fault = fault;
        this.position = position;
        this.delayNanos = delayNanos;
        start("accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Begins to count requests. */
    void arm() {
        requests.set(0);
    }

    boolean hasFailed() {
        return requests.get() >= position;
    }

    /** Whether what the fault does to a request is done, however late. */
    boolean isThrough() {
        return through;
    }

    private interface Task {
        void run() throws IOException;
    }

    /** Runs a task whose sockets end while it runs: that is what this class is for. */
    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        System.getLogger(FaultyProxy.class.getName()).log(System.Logger.Level.DEBUG, name, e);
                    }
                },
                "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Connection connection = new Connection(listener.accept(), new Socket(listener.getInetAddress(), port));
            connections.add(connection);
            start("requests", connection::forwardRequests);
            start("answers", connection::forwardAnswers);
        }
    }

    private final class Connection implements Closeable {
        private final Socket client;
        private final Socket server;
        private volatile boolean answersLate;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void forwardRequests() throws IOException {
            try (this) {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                byte[] buffer = new byte[1 << 16];
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (requests.incrementAndGet() == position) {
                        try {
                            fail(buffer, length, out);
                        } finally {
                            through = true;
                        }
                    } else {
                        out.write(buffer, 0, length);
                    }
                }
            }
        }

        private void fail(byte[] request, int length, OutputStream out) throws IOException {
            switch (fault) {
                case CUT_REQUEST -> client.close();
                case CUT_ANSWER -> {
                    client.close();
                    out.write(request, 0, length);
                    pause(SERVER_NANOS);
                }
                case DELAY_REQUEST -> {
                    pause(delayNanos);
                    out.write(request, 0, length);
                    pause(SERVER_NANOS);
                }
                case DELAY_ANSWER -> {
                    answersLate = true;
                    out.write(request, 0, length);
                }
                case RESET -> {
                    out.write(request, 0, length / 2);
                    client.setSoLinger(true, 0);
                    client.close();
                }
            }
        }

        void forwardAnswers() throws IOException {
            try (this) {
                InputStream in = server.getInputStream();
                byte[] buffer = new byte[1 << 16];
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (answersLate) {
                        pause(delayNanos);
                    }
                    client.getOutputStream().write(buffer, 0, length);
                }
            }
        }

        @Override
        public void close() throws IOException {
            try (client) {
                server.close();
            }
        }
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
