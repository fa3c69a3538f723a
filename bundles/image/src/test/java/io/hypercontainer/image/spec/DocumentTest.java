// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentTest {
    private static final String D = "sha256:" + "a".repeat(64);

    private static Document parse(String json) {
        return Document.parse(
                json.replace('\'', '"').replace("DIGEST", D).getBytes(StandardCharsets.UTF_8),
                "",
                "it");
    }

    private static String entry(String platform, String more) {
        return "{'mediaType':'application/vnd.oci.image.manifest.v1+json','digest':'DIGEST',"
                + "'size':1,'platform':{"
                + platform
                + "}"
                + more
                + "}";
    }

    @Test
    void choosesTheManifestForGuests() {
        Document index =
                parse(
                        "{'schemaVersion':2,'manifests':["
                                + entry("'os':'linux','architecture':'arm64','variant':'v8'", "")
                                + ","
                                + entry("'os':'unknown','architecture':'unknown'", "")
                                + ","
                                + entry(
                                        "'os':'linux','architecture':'amd64'",
                                        ",'annotations':{'vnd.docker.reference.type':"
                                                + "'attestation-manifest'}")
                                + ","
                                + entry("'os':'linux','architecture':'amd64','variant':'v3'", "")
                                + ","
                                + entry(
                                        "'os':'linux','architecture':'amd64'",
                                        ",'annotations':{'this':'one'}")
                                + "]}");
        assertThat(((Document.Index) index).forGuests("it").annotations())
                .containsEntry("this", "one");
    }

    @Test
    void namesThePlatformsOfAnImageForOthers() {
        Document index =
                parse(
                        "{'manifests':["
                                + entry("'os':'linux','architecture':'arm64'", "")
                                + ","
                                + entry("'os':'windows','architecture':'amd64'", "")
                                + "]}");
        assertThatThrownBy(() -> ((Document.Index) index).forGuests("image a"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(
                        "image a is for linux/arm64, windows/amd64; this host runs linux/amd64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | is no manifest",
                "[] | is not a JSON object",
                "<html> | is no valid JSON",
                "{'manifests':[],'layers':[]} | both a manifest and an index",
                "{'manifests':[],'manifests':[]} | Duplicate",
                "{'schemaVersion':1,'manifests':[]} | schema version",
                "{'mediaType':'application/x','manifests':[]} | of media type application/x",
                "{'mediaType':'application/vnd.oci.image.manifest.v1+json','manifests':[]}"
                        + " | not what its media type says",
                "{'mediaType':'application/vnd.docker.distribution.manifest.v1+json'} | obsolete",
                "{'layers':[]} | has no configuration",
                "{'config':{'mediaType':'application/vnd.example','digest':'DIGEST','size':1}}"
                        + " | is not a container image",
                "{'config':{'mediaType':'application/vnd.oci.image.config.v1+json',"
                        + "'digest':'sha256:zz','size':1}} | no sha256 digest",
                "{'config':{'mediaType':'application/vnd.oci.image.config.v1+json',"
                        + "'digest':'DIGEST','size':-1}} | negative size",
                "{'config':{'mediaType':'application/vnd.oci.image.config.v1+json',"
                        + "'digest':'DIGEST','size':1e3}} | not a whole number",
                "{'config':7} | is not a JSON object",
                "{'config':{'mediaType':'application/vnd.oci.image.config.v1+json',"
                        + "'digest':'DIGEST','size':1},'layers':{}} | is not a JSON array",
            })
    void refusesWhatIsNoManifest(String json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(why.strip());
    }

    @Test
    void boundsDepthAndCounts() {
        String layer =
                "{'mediaType':'application/vnd.oci.image.layer.v1.tar','digest':'DIGEST',"
                        + "'size':1}";
        String config =
                "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'DIGEST',"
                        + "'size':1}";
        assertThatThrownBy(() ->
                        parse(
                                "{'config':"
                                        + config
                                        + ",'layers':["
                                        + (layer + ",").repeat(500)
                                        + layer
                                        + "]}"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("more than 500");
        assertThatThrownBy(() -> parse("{'config':" + "[".repeat(100_000)))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> parse("{'a':" + "{'a':".repeat(100) + "1" + "}".repeat(101)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("nesting depth");
        assertThatThrownBy(() -> parse("{'a':[" + "[],".repeat(200_000) + "[]]}"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("Token count");
    }
}
