// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hypercontainer.shell.command.TestSession;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a pod file is told by the path of the field. */
class PodFileProblemsTest {
    private static List<String> problems(String yaml) {
        InvalidPodFile thrown =
                catchThrowableOfType(
                        InvalidPodFile.class,
                        () ->
                                PodFile.parse("pod", yaml.getBytes(UTF_8), true, Optional.empty())
                                        .spec(new FileFetcher(new TestSession(), "pod")));
        assertThat(thrown).as(yaml).isNotNull();
        return thrown.problems();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "id: 7                               | id: must be text, not a number",
                "id: a/b                             | id: 'a/b' is not a name: it takes 2 to 128",
                "id: a                               | id: 'a' is not a name",
                "hostname: -x                        | hostname: '-x' is not a host name",
                "hostname: a_b                       | hostname: 'a_b' is not a host name",
                "hostname: a..b                      | hostname: 'a..b' is not a host name",
                "hostname: x.                        | hostname: 'x.' is not a host name",
                "hostname: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg | is longer than 63",
                "type: []                            | type: must be text, not a list",
                "restartPolicy: sometimes            | restartPolicy: invalid restart policy 'sometimes': it is no,",
                "restartPolicy: always:3             | restartPolicy: restart policy 'always' cannot have 3 retries",
                "tty: 'true'                         | tty: must be true or false, not text",
                "labels: [a]                         | labels: must be an object, not a list",
                "labels: {a: {}}                     | labels.a: must be text, not an object",
                "labels: {io.hypercontainer.pod.volumes: x} | labels.io.hypercontainer.pod.volumes: is set by",
                "resource: {vcpu: -1}                | resource.vcpu: '-1' is not a whole number from 0",
                "resource: {vcpu: 1.5}               | resource.vcpu: '1.5' is not a whole number",
                "resource: {memory: lots}            | resource.memory: invalid size 'lots'",
                "resource: {memory: -1}              | resource.memory: invalid size '-1'",
                "resource: {cpu: 1}                  | resource.cpu: unknown field (did you mean vcpu?)",
                "log: {type: syslog}                 | log.type: 'syslog' is not supported: there are json-file",
                "log: {config: {max-size: big}}      | log.config.max-size: invalid size 'big'",
                "log: {config: {max-file: 0}}        | log.config.max-file: '0' is not a number of files",
                "log: {config: {path: /x}}           | log.config.path: unknown option",
                "log: {type: none, config: {max-file: 1}} | log.config: does not go with type none",
                "dns: 10.0.0.1                       | dns: must be a list, not text",
                "dns: [10.0.0.1, resolver]           | dns[1]: 'resolver' is not an IP address",
                "dns: [10.0.0]                       | dns[0]: '10.0.0' is not an IP address",
                "dns: [10.0.0.256]                   | dns[0]: '10.0.0.256' is not an IP address",
                "dns: ['::1%eth0']                   | dns[0]: '::1%eth0' is not an IP address",
                "dnsSearch: ['a b']                  | dnsSearch[0]: 'a b' is not a domain",
                "dnsOptions: ['a b']                 | dnsOptions[0]: 'a b' is no option",
                "containers: {}                      | containers: must be a list, not an object",
                "containers: [web]                   | containers[0]: must be an object, not text",
                "files: [{content: x}]               | files[0].name: is missing",
                "files: [{name: a}, {name: a}]       | files[1].name: file 'a' is there twice",
                "files: [{name: a, encoding: hex}]   | files[0].encoding: 'hex' is unknown: there are raw and",
                "files: [{name: a, uri: 'ftp://x/y'}] | files[0].uri: 'ftp://x/y' is not supported",
                "files: [{name: a, uri: '/etc/x'}]   | files[0].uri: '/etc/x' is not supported",
                "files: [{name: a, uri: 'http:// x'}] | files[0].uri: 'http:// x' is no URI",
                "files: [{name: a, uri: 'http:///x'}] | files[0].uri: 'http:///x' must have a host",
                "files: [{name: a, uri: 'http:x'}]   | files[0].uri: 'http:x' must have a host",
                "files: [{name: a, uri: 'http://u:p@h/x'}] | files[0].uri: 'http://u:p@h/x' must have a host, and no user",
                "files: [{name: a, uri: 'file://x/y'}] | files[0].uri: 'file://x/y' names a host",
                "files: [{name: a, uri: 'file:///x', content: y}] | files[0].content: goes without uri only",
                "files: [{name: a, url: x}]          | files[0].url: unknown field (did you mean uri?)",
                "volumes: [{}]                       | volumes[0].name: is missing",
                "volumes: [{name: ''}]               | volumes[0].name: is missing",
                "volumes: [{name: -a}, {name: 'a/b'}] | volumes[1].name: 'a/b' is not a name",
                "volumes: [{name: a}, {name: a}]     | volumes[1].name: volume 'a' is there twice",
                "volumes: [{name: a, format: zip}]   | volumes[0].format: 'zip' is unknown: there are vfs",
                "volumes: [{name: a, format: rbd}]   | volumes[0].format: 'rbd' is not supported: a volume is",
                "volumes: [{name: a, format: nas}]   | volumes[0].format: 'nas' is not supported",
                "volumes: [{name: a, format: qcow2}] | volumes[0].format: 'qcow2' is not supported",
                "volumes: [{name: a, format: vdi}]   | volumes[0].format: 'vdi' is not supported",
                "volumes: [{name: a, format: raw, source: /x}] | volumes[0].format: 'raw' is not supported",
                "volumes: [{name: a, source: x}]     | volumes[0].source: 'x' is not an absolute path",
                "volumes: [{name: a, source: /no/such}] | volumes[0].source: '/no/such' is no folder on the",
                "volumes: [{name: a, source: /etc/passwd, format: vfs}] | volumes[0].source: '/etc/passwd' is no folder on",
                "volumes: [{name: a, fstype: xfs}]   | volumes[0].fstype: 'xfs' is not supported: the storage",
                "volumes: [{name: a, source: /, fstype: xfs}] | volumes[0].fstype: 'xfs' is not supported: a folder",
                "volumes: [{name: a, cache: fast}]   | volumes[0].cache: 'fast' is unknown: there are off",
                "volumes: [{name: a, option: {user: x}}] | volumes[0].option: goes with format rbd only",
                "volumes: [{name: a, format: rbd, option: {users: x}}] | volumes[0].option.users: unknown field (did you mean user?)",
                "interfaces: [{bridge: a}, {}]       | interfaces[1]: is not supported: a pod has one interface",
                "interfaces: [{bridge: a, network: b}] | interfaces[0].bridge: is the older word for network",
                "interfaces: [{bridge: 'a b'}]       | interfaces[0].bridge: 'a b' is not a name",
                "interfaces: [{ip: 10.0.0.5/24}]     | interfaces[0].ip: is not supported: the network gives",
                "interfaces: [{gateway: 10.0.0.1}]   | interfaces[0].gateway: is not supported",
                "interfaces: [{mac: '52:54:00:00:00:01'}] | interfaces[0].mac: is not supported",
                "interfaces: [{mtu: 9000}]           | interfaces[0].mtu: is not supported",
                "interfaces: [{ifname: tap0}]        | interfaces[0].ifname: is not supported",
                "services: [{}]                      | services[0].serviceIP: is missing",
                "services: [{serviceIP: '::1', servicePort: 1}] | services[0].serviceIP: '::1' is not an IPv4",
                "services: [{serviceIP: 1.1.1.1}]    | services[0].servicePort: is missing",
                "services: [{serviceIP: 1.1.1.1, servicePort: 0}] | services[0].servicePort: '0' is not a whole number from 1",
                "services: [{serviceIP: 1.1.1.1, servicePort: 65536}] | services[0].servicePort: '65536' is not",
                "services: [{serviceIP: 1.1.1.1, servicePort: 1, protocol: sctp}] | services[0].protocol: 'sctp' is neither",
                "services: [{serviceIP: 1.1.1.1, servicePort: 1, hosts: [{hostPort: 1}]}] | services[0].hosts[0].hostIP: is missing",
                "services: [{serviceIP: 1.1.1.1, servicePort: 1, hosts: [{hostIP: 1.1.1.2}]}] | services[0].hosts[0].hostPort: is missing",
                "services: [{serviceIP: 1.1.1.1, servicePort: 1}, {serviceIP: 1.1.1.1, servicePort: 1}] | services[1].serviceIP: service 1.1.1.1:1 is there twice",
                "portmappings: [{hostPort: 80}]      | portmappings[0].containerPort: is missing",
                "portmappings: [{containerPort: 0}]  | portmappings[0].containerPort: is missing",
                "portmappings: [{containerPort: 70000}] | portmappings[0].containerPort: port 70000 is above 65535",
                "portmappings: [{containerPort: http}] | portmappings[0].containerPort: 'http' is neither a port",
                "portmappings: [{containerPort: 9-8}] | portmappings[0].containerPort: range 9-8 ends before",
                "portmappings: [{containerPort: 0-8}] | portmappings[0].containerPort: range 0-8 begins with 0",
                "portmappings: [{containerPort: 8-9, hostPort: 1-3}] | portmappings[0].hostPort: 3 host ports for 2 container",
                "portmappings: [{containerPort: 8, hostPort: 1-3}] | portmappings[0].hostPort: 3 host ports for 1 container",
                "portmappings: [{containerPort: 8-9, hostPort: 1}] | portmappings[0].hostPort: 1 host ports for 2 container",
                "portmappings: [{containerPort: 1, protocol: icmp}] | portmappings[0].protocol: 'icmp' is neither tcp",
                "portmappings: [{containerPort: 1, hostIP: here}] | portmappings[0].hostIP: 'here' is not an IP address",
                "portmappings: [{containerPort: 1, hostPort: 5}, {containerPort: 2, hostPort: 5}] | portmappings[1].hostPort: port 5/tcp is published twice",
                "portmappings: [{containerPort: 1-2000}] | portmappings[0].containerPort: a pod publishes 1024 ports",
                "portmappingWhiteLists: {internalNetworks: [10.0.0.0/33]} | portmappingWhiteLists.internalNetworks[0]: '10.0.0.0/33' is not a network",
                "portmappingWhiteLists: {internalNetworks: [10.0.0.0]} | portmappingWhiteLists.internalNetworks[0]: '10.0.0.0' is not a network",
                "portmappingWhiteLists: {externalNetworks: [10.0.0.0/8]} | portmappingWhiteLists: is not supported: no network driver",
                "containers: [], volume: []          | volume: unknown field (did you mean volumes?)",
                "conteiners: []                      | conteiners: unknown field (did you mean containers?)",
                "nonsense: []                        | nonsense: unknown field",
            })
    void ofThePod(String fields, String problem) {
        assertThat(problems("{" + fields + "}")).anySatisfy(p -> assertThat(p).contains(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "name: x                             | containers[0].image: is missing",
                "image: 'Bad Image'                  | containers[0].image: 'Bad Image' is not the name",
                "image: -rm                          | containers[0].image: '-rm' is not the name",
                "image: 'busybox:'                   | containers[0].image: 'busybox:' is not the name",
                "image: 5                            | containers[0].image: must be text, not a number",
                "image: a, name: x                   | containers[0].name: 'x' is not a name",
                "image: a, id: x                     | containers[0].id: is not supported: the daemon makes",
                "image: a, command: ls               | containers[0].command: must be a list, not text",
                "image: a, command: [{}]             | containers[0].command[0]: must be text, not an object",
                "image: a, command: [\"a\\0b\"]      | containers[0].command[0]: has a zero byte",
                "image: a, entrypoint: ls            | containers[0].entrypoint: must be a list",
                "image: a, workdir: srv              | containers[0].workdir: 'srv' is not an absolute path",
                "image: a, tty: 1                    | containers[0].tty: must be true or false, not a number",
                "image: a, envs: [{value: x}]        | containers[0].envs[0].env: is missing",
                "image: a, envs: [{env: A}, {env: A}] | containers[0].envs[1].env: 'A' is there twice",
                "image: a, envs: [{env: 'A=B'}]      | containers[0].envs[0].env: 'A=B' has a '='",
                "image: a, envs: [{name: A}]         | containers[0].envs[0].name: unknown field",
                "image: a, env: []                   | containers[0].env: unknown field (did you mean envs?)",
                "image: a, restartPolicy: x          | containers[0].restartPolicy: invalid restart policy 'x'",
                "image: a, sysctl: {x: 1}            | containers[0].sysctl.x: is no kernel setting",
                "image: a, sysctl: {../x/y: 1}       | containers[0].sysctl.../x/y: is no kernel setting",
                "image: a, ports: [{hostPort: 1}]    | containers[0].ports[0].containerPort: is missing",
                "image: a, ports: [{containerPort: 1, servicePort: 2}] | containers[0].ports[0].servicePort: is not supported",
                "image: a, volumes: [{volume: x}]    | containers[0].volumes[0].path: is missing",
                "image: a, volumes: [{path: x, volume: v}] | containers[0].volumes[0].path: 'x' is not an absolute path",
                "image: a, volumes: [{path: /, volume: v}] | containers[0].volumes[0].path: nothing can be mounted on '/'",
                "image: a, volumes: [{path: /a/.., volume: v}] | containers[0].volumes[0].path: nothing can be mounted on '/'",
                "image: a, volumes: [{path: /a}]     | containers[0].volumes[0].volume: is missing",
                "image: a, volumes: [{path: /a, volume: nope}] | containers[0].volumes[0].volume: the pod has no volume 'nope'",
                "image: a, volumes: [{path: /a, volume: v}, {path: /b, volume: v}] | containers[0].volumes[1].volume: 'v' is mounted twice",
                "image: a, volumes: [{path: /a, volume: v}, {path: /a/, volume: w}] | containers[0].volumes[1].path: two volumes are mounted on '/a'",
                "image: a, volumes: [{path: /a, volume: v, detail: {name: w}}] | containers[0].volumes[0].detail.name: is not that of",
                "image: a, volumes: [{path: /a, detail: {}}] | containers[0].volumes[0].volume: is missing",
                "image: a, volumes: [{path: /a, detail: {name: v, source: /tmp}}] | containers[0].volumes[0].detail: differs from",
                "image: a, volumes: [{path: /a, detail: {name: n, format: vdi}}] | containers[0].volumes[0].detail.format: 'vdi' is not",
                "image: a, volumes: [{path: /a, volume: v, readonly: maybe}] | containers[0].volumes[0].readOnly: must be true",
                "image: a, files: [{filename: f}]    | containers[0].files[0].path: is missing",
                "image: a, files: [{path: f, filename: f}] | containers[0].files[0].path: 'f' is not an absolute path",
                "image: a, files: [{path: /d/, detail: {}}] | containers[0].files[0].path: a path that ends with '/' needs",
                "image: a, files: [{path: /f}]       | containers[0].files[0].filename: is missing",
                "image: a, files: [{path: /f, filename: g}] | containers[0].files[0].filename: the pod has no file 'g'",
                "image: a, files: [{path: /f, filename: f, perm: 644}] | containers[0].files[0].perm: '644' is not of the form 0644",
                "image: a, files: [{path: /f, filename: f, perm: '0888'}] | containers[0].files[0].perm: '0888' is not",
                "image: a, files: [{path: /f, filename: f, perm: '04755'}] | containers[0].files[0].perm: '04755' is not",
                "image: a, files: [{path: /f, filename: f, user: 'a:b'}] | containers[0].files[0].user: 'a:b' is not the name",
                "image: a, files: [{path: /f, filename: f}, {path: /f, filename: f}] | containers[0].files[1].path: there are two files at '/f'",
                "image: a, files: [{path: /f, detail: {encoding: base64, content: '!'}}] | containers[0].files[0].detail.content: is not base64",
                "image: a, files: [{path: /f, detail: {uri: 'file:///none'}}] | containers[0].files[0].detail.uri: cannot read /none: No such file",
                "image: a, user: root                | containers[0].user: must be an object, not text",
                "image: a, user: {group: x}          | containers[0].user.name: is missing: a group needs a user",
                "image: a, user: {name: 'a:b'}       | containers[0].user.name: 'a:b' is not the name",
                "image: a, user: {name: a, additionalGroups: ['x:y']} | containers[0].user.additionalGroups[0]: 'x:y' is not",
                "image: a, user: {name: a, groups: []} | containers[0].user.groups: unknown field (did you mean group?)",
                "image: a, labels: []                | containers[0].labels: must be an object",
                "image: a, StopSignal: NOPE          | containers[0].StopSignal: 'NOPE' is no signal",
                "image: a, stopSignal: 65            | containers[0].StopSignal: '65' is no signal",
                "image: a, StopSignal: 0             | containers[0].StopSignal: '0' is no signal",
                "image: a, ulimits: [{Hard: 1}]      | containers[0].ulimits[0].name: is missing",
                "image: a, ulimits: [{Name: files, Hard: 1}] | containers[0].ulimits[0].name: 'files' is no limit",
                "image: a, ulimits: [{Name: core}]   | containers[0].ulimits[0].soft: is missing",
                "image: a, ulimits: [{Name: core, Hard: 1, Soft: 2}] | containers[0].ulimits[0].soft: is above hard",
                "image: a, ulimits: [{Name: core, Hard: 1, Soft: -1}] | containers[0].ulimits[0].soft: is above hard",
                "image: a, ulimits: [{Name: core, Hard: -2}] | containers[0].ulimits[0].hard: '-2' is not a whole number",
                "image: a, ulimits: [{Name: core, Hard: 1}, {Name: core, Hard: 1}] | containers[0].ulimits[1].name: 'core' is there twice",
                "image: a, logPath: /x               | containers[0].logPath: is not supported: the daemon keeps",
                "image: a, readOnly: no              | containers[0].readOnly: must be true or false, not text",
                "image: a, cache: fast               | containers[0].cache: 'fast' is unknown",
                "image: a, healthCheck: {test: []}   | containers[0].healthCheck.test: has no program",
                "image: a, healthCheck: {test: [CMD]} | containers[0].healthCheck.test: has no program",
                "image: a, healthCheck: {interval: 0s} | containers[0].healthCheck.interval: must be above 0",
                "image: a, healthCheck: {interval: 30} | containers[0].healthCheck.interval: must be text, not a number",
                "image: a, healthCheck: {timeout: soon} | containers[0].healthCheck.timeout: invalid duration 'soon'",
                "image: a, healthCheck: {timeout: 1s x} | containers[0].healthCheck.timeout: invalid duration '1s x'",
                "image: a, healthCheck: {startPeriod: 999999999h} | containers[0].healthCheck.startPeriod: is longer than",
                "image: a, healthCheck: {retries: 0} | containers[0].healthCheck.retries: '0' is not a whole number",
                "image: a, healthCheck: {disabled: true, retries: 1} | containers[0].healthCheck: says that there is no check",
                "image: a, limits: {memory: much}    | containers[0].limits.memory: invalid size 'much'",
                "image: a, limits: {cpu: -1}         | containers[0].limits.cpu: '-1' is not a number of CPUs",
                "image: a, limits: {pids: -1}        | containers[0].limits.pids: '-1' is not a whole number",
                "image: a, limits: {cpus: 1}         | containers[0].limits.cpus: unknown field (did you mean cpu?)",
                "image: a, log: {type: x}            | containers[0].log.type: 'x' is not supported",
                "imge: a                             | containers[0].imge: unknown field (did you mean image?)",
                "image: a, Image: b                  | containers[0].Image: is there twice, once in other letters",
            })
    void ofAContainer(String fields, String problem) {
        assertThat(
                        problems(
                                "{id: web, volumes: [{name: v}, {name: w}], files: [{name: f}],"
                                        + " containers: [{"
                                        + fields
                                        + "}]}"))
                .anySatisfy(p -> assertThat(p).contains(problem));
    }

    @Test
    void allOfThemAtOnceInTheirOrder() {
        assertThat(
                        problems(
                                """
                                volumes: [{name: data, format: rbd}]
                                containers:
                                - image: busybox
                                  volumes: [{path: /data, volume: data}]
                                - imag: busybox
                                  volumes: [{path: data, volume: date}]
                                  envs: [{env: A, value: [1]}]
                                """))
                .containsExactly(
                        "volumes[0].format: 'rbd' is not supported: a volume is made by the storage"
                                + " driver (leave source out) or is a folder of the host (format vfs)",
                        "containers[1].image: is missing",
                        "containers[1].envs[0].value: must be text or a number, not a list",
                        "containers[1].volumes[0].path: 'data' is not an absolute path",
                        "containers[1].volumes[0].volume: the pod has no volume 'date'",
                        "containers[1].imag: unknown field (did you mean image?)");
    }

    @Test
    void upToABound() {
        assertThat(problems("containers: [" + "{image: -},".repeat(50) + "]"))
                .hasSize(21)
                .last()
                .isEqualTo("and 30 more");
    }

    @Test
    void namesOfContainersAreUnique() {
        assertThat(problems("containers: [{image: a, name: xx}, {image: b, name: xx}]"))
                .containsExactly("containers[1].name: two containers have the name 'xx'");
    }

    @Test
    void aWrongFileIsToldWhereItIsWrongOnly() {
        assertThat(
                        problems(
                                "files: [{name: f, uri: 'x:y'}]\n"
                                        + "containers: [{image: a, files: [{path: /f, filename: f}]}]"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("files[0].uri: ");
    }

    @Test
    void thereMayNotBeTooManyContainers() {
        assertThat(problems("containers: [" + "{image: a},".repeat(65) + "]"))
                .containsExactly("containers: a pod file has 64 at the most");
    }

    @Test
    void longValuesAreCutInMessages() {
        assertThat(problems("hostname: " + "x".repeat(100_000)))
                .first()
                .asString()
                .hasSizeLessThan(150);
    }
}
