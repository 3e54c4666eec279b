/** What an operator may write in agent.yaml, read into records that are valid or do not exist. */
@NullMarked
package io.millrace.agent.config;

import org.jspecify.annotations.NullMarked;
