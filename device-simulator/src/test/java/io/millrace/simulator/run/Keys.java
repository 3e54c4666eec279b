package io.millrace.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** Certificates that sign themselves, made by the JDK's keytool, as PEM files: {@code NAME.pem} and {@code NAME.key}. */
final class Keys {
    private static final String PASSWORD = "for-a-test";

    private Keys() {}

    /** Makes a pair whose certificate is for a host, such as {@code dns:localhost}. */
    static void make(Path folder, String name, String host) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + host,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        "-J-Xshare:auto")
                .redirectErrorStream(true)
                .start();
        String says = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(says).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        write(
                folder.resolve(name + ".pem"),
                "CERTIFICATE",
                keys.getCertificate(name).getEncoded());
        write(
                folder.resolve(name + ".key"),
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private static void write(Path file, String what, byte[] bytes) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
    }

    /** A broker's side, which lets in who shows one of these certificates. */
    static SslContext broker(Path folder, String name, Path clients) throws Exception {
        return SslContextBuilder.forServer(
                        folder.resolve(name + ".pem").toFile(),
                        folder.resolve(name + ".key").toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(clients.toFile())
                .build();
    }
}
