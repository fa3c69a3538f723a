// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.runtime.Doctor;
import io.hypercontainer.api.runtime.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what is wrong, by what the daemon noted, what the host shows, and what drivers tell. */
final class DoctorService implements Doctor {
    private static final Logger LOG = LoggerFactory.getLogger(DoctorService.class);

    private final Problems problems;
    private final HealthyHost host;
    private final HostCensus census;

    DoctorService(Problems problems, HealthyHost host, HostCensus census) {
        this.problems = problems;
        this.host = host;
        this.census = census;
    }

    @Override
    public List<Finding> examine() {
        List<Finding> all = new ArrayList<>(problems.findings());
        all.addAll(host.findings());
        HostCensus.Look look = census.look();
        all.addAll(look.wrong());
        garbage(look).forEach(g -> all.add(g.finding()));
        // Two versions of a driver see the same.
        return all.stream().distinct().toList();
    }

    @Override
    public List<Finding> collect() {
        List<Finding> removed = new ArrayList<>();
        for (Garbage garbage : garbage(census.look())) {
            Finding finding = garbage.finding();
            String about = "removing " + finding.subject();
            try {
                if (garbage.removal().getAsBoolean()) {
                    LOG.info("removed {} {}: {}", finding.kind(), finding.subject(), about);
                    removed.add(finding);
                }
                problems.solved(about);
            } catch (HyperException e) {
                problems.report(about, String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(removed);
    }

    /** What somebody was just about to remove is gone at the second look. */
    private List<Garbage> garbage(HostCensus.Look first) {
        if (first.garbage().isEmpty()) {
            return List.of();
        }
        Set<Finding> seen =
                first.garbage().stream().map(Garbage::finding).collect(Collectors.toSet());
        return census.look().garbage().stream()
                .filter(g -> seen.remove(g.finding())) // also one that two versions of a driver see
                .toList();
    }
}
