package io.millrace.agent.spool;

/**
 * An input's state as it stands in the spool.
 *
 * @param revision grows with every state that the agent stores, over all lanes and starts: the highest is the latest
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record StoredState(String input, long revision, byte[] bytes) {}
