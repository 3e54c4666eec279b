package io.millrace.projections;

import io.millrace.model.FileTrouble;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.RulesParser.Parsed;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./millrace rules check}: reads a file of rules as the gateway would, and needs no gateway. Exit 0 if it is
 * right, 2 if it is wrong or cannot be read.
 */
public final class Main {
    private static final int WRONG_USAGE = 2;
    private static final String USAGE = """
            usage: ./millrace rules check FILE
                   ./millrace rules check --schema

            Checks a file of rules and tells every mistake as FILE:LINE:COLUMN. Exit 0 if it has none, 2 if it has.
              --schema   print the JSON Schema of the file, for editors
            """;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /**
     * @param out gets the answer
     * @param err gets mistakes
     * @return the exit code
     */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        if (args.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        List<String> unknown = args.stream()
                .filter(a -> a.startsWith("-") && !a.equals("--schema"))
                .toList();
        List<String> files = args.stream().filter(a -> !a.startsWith("-")).toList();
        boolean schema = args.contains("--schema");
        if (!unknown.isEmpty() || files.size() != (schema ? 0 : 1)) {
            unknown.forEach(option -> err.println("rules check: unknown option " + option));
            if (files.size() != (schema ? 0 : 1)) {
                err.printf("rules check: %d files given, expected one, or --schema%n", files.size());
            }
            err.print(USAGE);
            return WRONG_USAGE;
        }
        if (schema) {
            out.print(RulesParser.schema());
            return 0;
        }
        return check(Path.of(files.getFirst()), out, err);
    }

    private static int check(Path file, PrintStream out, PrintStream err) {
        try {
            return switch (RulesParser.read(file)) {
                case Parsed.Valid(Rules rules) -> {
                    out.printf("%s is fine, rules: %d%n", file, rules.rules().size());
                    yield 0;
                }
                case Parsed.Invalid(List<Mistake> mistakes) -> {
                    mistakes.forEach(err::println);
                    yield WRONG_USAGE;
                }
            };
        } catch (IOException e) {
            err.printf(
                    "%s cannot be read: %s. Give a file of rules such as data/rules.yaml%n", file, FileTrouble.of(e));
            return WRONG_USAGE;
        }
    }
}
