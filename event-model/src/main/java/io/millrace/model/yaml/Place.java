package io.millrace.model.yaml;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Where something begins in a document; both count from 1. */
record Place(int line, int column) {
    static final Place START = new Place(1, 1);

    static Place of(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    static Place of(Node node) {
        return node.getStartMark().map(Place::of).orElse(START);
    }

    boolean isTabIn(String text) {
        return text.lines()
                .skip(line - 1L)
                .findFirst()
                .filter(l -> column <= l.length() && l.charAt(column - 1) == '\t')
                .isPresent();
    }
}
