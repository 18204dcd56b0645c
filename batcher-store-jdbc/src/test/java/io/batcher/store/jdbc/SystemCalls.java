/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code strace -f -y} has written of fsyncs, and of the lines of {@link FsyncWorker}. */
final class SystemCalls {

    /** What runs a command so that its system calls are written to a file. */
    static List<String> watchedBy(Path trace) {
        return List.of(
                "strace",
                "-f",
                "-y",
                "-qq",
                "-e",
                "trace=fsync,fdatasync,write",
                "-e",
                "signal=none",
                "-o",
                trace.toString());
    }

    /** A call: the numbers of the lines at which it began and ended. */
    private record Call(String path, String text, int begin, int end) {}

    private static final Pattern FSYNC = Pattern.compile("f(?:data)?sync\\(\\d+<([^>]*)>.*");
    private static final Pattern WRITE = Pattern.compile("write\\(\\d+<([^>]*)>, \"([^\"]*)\\\\n\".*");
    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");

    private final List<Call> fsyncs = new ArrayList<>();
    private final List<Call> writes = new ArrayList<>();

    private SystemCalls() {}

    /** Reads a trace. The lines of the worker are those that it wrote to a file. */
    static SystemCalls of(Path trace, Path lines) throws IOException {
        SystemCalls calls = new SystemCalls();
        List<String> all = Files.readAllLines(trace);
        Map<String, Integer> unfinished = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Matcher line = LINE.matcher(all.get(i));
            if (!line.matches()) {
                continue;
            }
            String thread = line.group(1);
            if (line.group(2).endsWith("<unfinished ...>")) {
                unfinished.put(thread, i);
            } else if (line.group(2).startsWith("<... ")) {
                int begin = unfinished.remove(thread);
                if (line.group(2).contains(" = ") && !line.group(2).contains(" = -1")) {
                    calls.add(all.get(begin).replaceFirst("\\d+ +", ""), begin, i, lines);
                }
            } else if (!line.group(2).contains(" = -1")) {
                calls.add(line.group(2), i, i, lines);
            }
        }
        calls.writes.sort(Comparator.comparingInt(Call::end));
        return calls;
    }

    private void add(String call, int begin, int end, Path lines) {
        Matcher fsync = FSYNC.matcher(call);
        Matcher write = WRITE.matcher(call);
        if (fsync.matches()) {
            fsyncs.add(new Call(fsync.group(1), "", begin, end));
        } else if (write.matches() && write.group(1).equals(lines.toString())) {
            writes.add(new Call(write.group(1), write.group(2), begin, end));
        }
    }

    /** Returns how many lines begin like this. */
    int lines(String prefix) {
        return (int)
                writes.stream().filter(write -> write.text.startsWith(prefix)).count();
    }

    int fsyncs(Path path) {
        return (int) fsyncs.stream()
                .filter(fsync -> fsync.path.equals(path.toString()))
                .count();
    }

    /** Returns whether a path was synchronized before the first add returned. */
    boolean isSynchronizedBeforeTheFirstAdd(Path path) {
        int first = writes.stream()
                .filter(write -> write.text.startsWith("a "))
                .mapToInt(Call::begin)
                .min()
                .orElseThrow();
        return fsyncs.stream().anyMatch(fsync -> fsync.path.equals(path.toString()) && fsync.end < first);
    }

    /** Returns the commits while threads add: each is of a group of adds. */
    int commits() {
        return groups().size();
    }

    private List<Call> groups() {
        List<Call> adding =
                writes.stream().dropWhile(write -> !write.text.startsWith("b ")).toList();
        int end = adding.stream()
                .filter(write -> write.text.startsWith("a "))
                .mapToInt(Call::end)
                .max()
                .orElseThrow();
        return adding.stream()
                .filter(write -> write.text.equals("c") && write.end < end)
                .toList();
    }

    /** Returns how many commits of adds have no fsync of the path between the end of the one before and their own. */
    int commitsWithout(Path path) {
        int without = 0;
        int last = writes.get(0).begin;
        for (Call commit : groups()) {
            without += isSynchronized(path, last, commit.begin) ? 0 : 1;
            last = commit.end;
        }
        return without;
    }

    /** Returns the adds during which no fsync of the path began and ended. */
    List<String> addsWithout(Path path) {
        Map<String, Integer> begun = new HashMap<>();
        writes.stream()
                .filter(write -> write.text.startsWith("b "))
                .forEach(write -> begun.put(write.text.substring(2), write.end));
        return writes.stream()
                .filter(write -> write.text.startsWith("a "))
                .filter(write -> !isSynchronized(path, begun.get(write.text.substring(2)), write.begin))
                .map(write -> write.text)
                .toList();
    }

    private boolean isSynchronized(Path path, int after, int before) {
        return fsyncs.stream()
                .anyMatch(fsync -> fsync.path.equals(path.toString()) && fsync.begin > after && fsync.end < before);
    }
}
