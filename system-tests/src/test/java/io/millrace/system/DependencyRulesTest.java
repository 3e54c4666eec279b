package io.millrace.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader would otherwise have to trust: who may know whom, and who may read the clock. */
class DependencyRulesTest {
    private static final JavaClasses ALL = Modules.classes();

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("io.millrace..");

    @ParameterizedTest
    @ValueSource(strings = {"model", "agent", "broker", "store", "projections", "cli"})
    void aModuleKnowsTheEventModelAndNothingElseOfOurs(String module) {
        String itself = "io.millrace.%s..".formatted(module);
        classes()
                .that()
                .resideInAPackage(itself)
                .should()
                .onlyDependOnClassesThat(not(OURS).or(resideInAnyPackage(itself, "io.millrace.model..")))
                .check(ALL);
    }

    @Test
    void theGatewayWiresStoreAndProjectionsTogether() {
        classes()
                .that()
                .resideInAPackage("io.millrace.gateway..")
                .should()
                .onlyDependOnClassesThat(not(OURS)
                        .or(resideInAnyPackage(
                                "io.millrace.gateway..",
                                "io.millrace.store..",
                                "io.millrace.projections..",
                                "io.millrace.model..")))
                .check(ALL);
    }

    @Test
    void theSimulatorDrivesTheAgentsOwnUplink() {
        classes()
                .that()
                .resideInAPackage("io.millrace.simulator..")
                .should()
                .onlyDependOnClassesThat(not(OURS)
                        .or(resideInAnyPackage(
                                "io.millrace.simulator..",
                                "io.millrace.agent.spool..",
                                "io.millrace.agent.uplink..",
                                "io.millrace.model..")))
                .check(ALL);
    }

    @Test
    void projectionsAreFunctionsOfTheLog() {
        classes()
                .that()
                .resideInAPackage("io.millrace.projections..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..", "org.jspecify..", "io.millrace.projections..", "io.millrace.model.."))
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("io.millrace.projections..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executor.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(ALL);
    }

    @ParameterizedTest
    @CsvSource({
        "com.hivemq.embedded.., io.millrace.broker..",
        "com.hivemq.configuration.., io.millrace.broker..",
        "com.hivemq.client.., io.millrace.gateway.mqtt..",
        "ch.qos.logback.., io.millrace.broker..",
        "org.eclipse.paho.., io.millrace.agent.uplink.paho..",
        "oshi.., io.millrace.agent.input..",
        "io.questdb.., io.millrace.store.questdb..",
        "io.quarkus.., io.millrace.gateway..",
        "jakarta.., io.millrace.gateway..",
        "io.smallrye.., io.millrace.gateway..",
        "picocli.., io.millrace.[cli|simulator]..",
        "jakarta.mail.., io.millrace.gateway.notify..",
        "org.eclipse.angus.., io.millrace.gateway.notify..",
        "io.netty.., io.millrace.[simulator.mqtt|broker.bundle]..",
        "com.hivemq.mqtt.., io.millrace.broker..",
        "com.hivemq.persistence.., io.millrace.broker..",
        "com.hivemq.bootstrap.., io.millrace.broker..",
        "com.google.inject.., io.millrace.broker..",
        "org.snakeyaml.., io.millrace.model.yaml..",
        "com.github.luben.., io.millrace.model.wire..",
    })
    void aForeignTypeStaysInThePackageThatAdaptsIt(String foreign, String adapter) {
        noClasses()
                .that()
                .resideOutsideOfPackage(adapter)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(foreign)
                .check(ALL);
    }

    @Test
    void onlyWhatWiresReadsTheWallClock() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.(Main|Agent|Wiring|System\\w*Clock)(\\$.*)?")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .check(ALL);
    }
}
