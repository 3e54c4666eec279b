package io.millrace.system;

import java.util.Set;

/**
 * What a producer knows when it is done.
 *
 * @param acknowledged readings that the agent said it has
 * @param unanswered readings that may have come to the agent or not
 */
record Journal(String agent, Set<Reading> acknowledged, Set<Reading> unanswered) {}
