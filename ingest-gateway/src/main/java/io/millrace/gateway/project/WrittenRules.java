package io.millrace.gateway.project;

import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Rules;
import io.millrace.projections.RulesParser;
import java.util.List;

/**
 * Rules as somebody wrote them, and what they say.
 *
 * @param text UTF-8, at most 1 MiB; empty if there is no file and so no rule
 */
@SuppressWarnings("ArrayRecordComponent") // only the rules are compared
record WrittenRules(byte[] text, Rules rules) {
    static final WrittenRules NONE = new WrittenRules(new byte[0], Rules.NONE);

    /** What a text turned out to be. */
    sealed interface Read {
        record Good(WrittenRules rules) implements Read {}

        /** There is at least one. */
        record Wrong(List<Mistake> mistakes) implements Read {}
    }

    /**
     * @param file for mistakes
     */
    static Read read(String file, byte[] text) {
        return switch (RulesParser.parse(file, text)) {
            case RulesParser.Parsed.Valid(Rules rules) -> new Read.Good(new WrittenRules(text, rules));
            case RulesParser.Parsed.Invalid(List<Mistake> mistakes) -> new Read.Wrong(mistakes);
        };
    }

    boolean sayTheSameAs(WrittenRules other) {
        return rules.hash().equals(other.rules.hash());
    }
}
