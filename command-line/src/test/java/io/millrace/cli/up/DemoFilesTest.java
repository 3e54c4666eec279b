package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoFilesTest {
    @TempDir
    private Path data;

    @Test
    void whatTheUserChangedStays() throws IOException {
        Files.createDirectories(data.resolve("agent"));
        Path config = DemoFiles.agent(data, 1883, "box");
        Files.writeString(config, Files.readString(config).replace("site: home", "site: cellar"));
        DemoFiles.agent(data, 2883, "box");
        assertThat(config).content().contains("site: cellar", "mqtt: mqtt://127.0.0.1:2883", "agent: \"box\"");

        DemoFiles.rules(data);
        Files.writeString(data.resolve("rules.yaml"), "rules: []\n");
        DemoFiles.rules(data);
        assertThat(data.resolve("rules.yaml")).hasContent("rules: []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a/b+c#d",
                "Müllers Büro\n",
                "a.very.long.name.of.a.host.in.a.data.centre.far.away.from.here.example.com"
            })
    void everyHostGetsAName(String host) {
        assertThat(Names.check("agent", DemoFiles.name(host))).isNotEmpty();
    }
}
