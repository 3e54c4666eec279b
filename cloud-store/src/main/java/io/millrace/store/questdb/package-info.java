/** Everything that knows QuestDB: the server in this process, the tables, the log and the row writers. */
@NullMarked
package io.millrace.store.questdb;

import org.jspecify.annotations.NullMarked;
