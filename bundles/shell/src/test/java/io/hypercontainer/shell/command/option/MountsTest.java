// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.runtime.MountSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {
    private static final String HERE = "/home/user/project";

    private static String text(MountSpec mount) {
        return switch (mount) {
            case MountSpec.Volume v ->
                    "volume %s %s %s%s"
                            .formatted(
                                    v.name().orElse("?"),
                                    v.target(),
                                    v.readOnly(),
                                    v.noCopy() ? " nocopy" : "");
            case MountSpec.Bind b ->
                    "bind %s %s %s".formatted(b.source(), b.target(), b.readOnly());
            case MountSpec.Tmpfs t ->
                    "tmpfs %s %d %o%s"
                            .formatted(t.target(), t.sizeBytes(), t.mode(), text(t.options()));
        };
    }

    private static String text(TmpfsOptions options) {
        return (options.readOnly() ? " ro" : "")
                + (options.exec() ? " exec" : "")
                + (options.suid() ? " suid" : "")
                + (options.dev() ? " dev" : "")
                + (options.uid() + options.gid() > 0
                        ? " " + options.uid() + ":" + options.gid()
                        : "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/data                | volume ? /data false",
                "name:/data           | volume name /data false",
                "a.b_c-1:/data:ro     | volume a.b_c-1 /data true",
                "name:/data:rw        | volume name /data false",
                "name:/a/../b//c/     | volume name /b/c false",
                "/host:/data          | bind /host /data false",
                "/host/../etc:/data   | bind /etc /data false",
                "/host:/data:ro,z     | bind /host /data true",
                "./x:/data            | bind /home/user/project/x /data false",
                ".:/data              | bind /home/user/project /data false",
                "../x:/data           | bind /home/user/x /data false",
                "name:/data:nocopy,ro | volume name /data true nocopy",
                "/a:/data:rprivate    | bind /a /data false",
            })
    void understandsVolumes(String spec, String mount) {
        assertThat(text(VolumeOption.parse(spec, HERE))).isEqualTo(mount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                  | give [SOURCE:]TARGET[:ro]",
                ":/data              | give [SOURCE:]TARGET[:ro]",
                "name:               | give [SOURCE:]TARGET[:ro]",
                "relative            | path 'relative' must be absolute",
                "relative:relative   | path 'relative' must be absolute",
                "vol:/               | it cannot be mounted on '/'",
                "vol:/a/..           | it cannot be mounted on '/'",
                "a/b:/data           | has characters other than",
                "-a:/data            | has characters other than",
                "a:/data:bad         | option 'bad' is unknown",
                "a:/data:ro:x        | too many colons",
                "/a:/data:nocopy     | option 'nocopy' is unknown",
                "a:/data:rshared     | option 'rshared' is unknown",
                "/a:/data:rshared    | propagation 'rshared' cannot be had",
            })
    void refusesVolumes(String spec, String why) {
        assertThatThrownBy(() -> VolumeOption.parse(spec, HERE))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("'" + spec + "'")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type=volume,source=data,target=/data          | volume data /data false",
                "source=data,target=/data,readonly             | volume data /data true",
                "target=/data                                  | volume ? /data false",
                "type=bind,src=/a,dst=/b,ro                    | bind /a /b true",
                "type=bind,src=x,destination=/b,readonly=false | bind /home/user/project/x /b false",
                "type=tmpfs,target=/t                          | tmpfs /t 0 1777",
                "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=700 | tmpfs /t 1048576 700",
                "type=tmpfs,target=/t,readonly                 | tmpfs /t 0 1777 ro",
                "src=a,dst=/b,volume-nocopy                    | volume a /b false nocopy",
                "src=a,dst=/b,volume-nocopy=false              | volume a /b false",
                "type=bind,src=/a,dst=/b,bind-propagation=rprivate,bind-recursive=enabled | bind /a /b false",
            })
    void understandsMounts(String spec, String mount) {
        assertThat(text(MountOption.parse(spec, HERE))).isEqualTo(mount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type=bind,target=/b            | a bind has no source",
                "type=bind,source=/b            | it has no target",
                "type=nfs,target=/b             | type 'nfs' is unknown",
                "target=/b,tmpfs-size=1m        | option 'tmpfs-size' does not go with volume",
                "target=/b,colour=red           | option 'colour' does not go with volume",
                "target=/b,x                    | 'x' is not of the form NAME=value",
                "type=tmpfs,target=/b,source=a  | source does not go with tmpfs",
                "type=bind,src=/a,dst=/b,bind-propagation=shared | propagation 'shared' cannot be had",
                "type=bind,src=/a,dst=/b,bind-recursive=disabled | bind-recursive 'disabled' cannot be had",
                "type=bind,src=/a,dst=/b,volume-nocopy | option 'volume-nocopy' does not go with bind",
            })
    void refusesMounts(String spec, String why) {
        assertThatThrownBy(() -> MountOption.parse(spec, HERE))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("'" + spec + "'")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/run                                | tmpfs /run 0 1777",
                "/run:size=64m,mode=755              | tmpfs /run 67108864 755",
                "/run:rw,noexec,nosuid,nodev         | tmpfs /run 0 1777",
                "/run:exec,suid,dev,ro,uid=1,gid=2   | tmpfs /run 0 1777 ro exec suid dev 1:2",
                "/run:exec,noexec,ro,rw              | tmpfs /run 0 1777",
            })
    void understandsTmpfs(String spec, String mount) {
        assertThat(text(TmpfsOption.parse(spec))).isEqualTo(mount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run               | must be absolute",
                "/run:sync         | option 'sync' is unknown",
                "/run:size         | option 'size' is unknown",
                "/run:uid=root     | 'root' is not the number",
                "/run:gid=-1       | '-1' is not the number",
                "/run:             | option '' is unknown",
                "/run:size=lots    | invalid size 'lots'",
                "/run:mode=999     | mode '999' is not octal",
                "/run:mode=77777   | mode '77777' is not octal",
            })
    void refusesTmpfs(String spec, String why) {
        assertThatThrownBy(() -> TmpfsOption.parse(spec))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(why);
    }
}
