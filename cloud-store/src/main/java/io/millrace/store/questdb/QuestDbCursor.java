package io.millrace.store.questdb;

import io.millrace.store.sql.Row;
import io.millrace.store.sql.SqlFailedException;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.ColumnType;
import io.questdb.cairo.security.ReadOnlySecurityContext;
import io.questdb.cairo.sql.NetworkSqlExecutionCircuitBreaker;
import io.questdb.cairo.sql.Record;
import io.questdb.cairo.sql.RecordCursor;
import io.questdb.cairo.sql.RecordCursorFactory;
import io.questdb.cairo.sql.RecordMetadata;
import io.questdb.griffin.CompiledQuery;
import io.questdb.griffin.SqlCompiler;
import io.questdb.griffin.SqlException;
import io.questdb.griffin.SqlExecutionContextImpl;
import io.questdb.griffin.engine.functions.bind.BindVariableServiceImpl;
import io.questdb.std.MemoryTag;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One SELECT that is being read; owned by one thread. It may only read, whatever the statement says. */
final class QuestDbCursor implements AutoCloseable {
    private final String select;
    private final NetworkSqlExecutionCircuitBreaker timeout;
    private final RecordCursorFactory factory;
    private final RecordCursor cursor;
    private final RecordRow row;

    QuestDbCursor(QuestDbServer server, String select, List<Object> binds) {
        this.select = select;
        CairoEngine engine = server.engine();
        timeout = new NetworkSqlExecutionCircuitBreaker(
                engine, engine.getConfiguration().getCircuitBreakerConfiguration(), MemoryTag.NATIVE_CB3);
        RecordCursorFactory opened = null;
        try {
            var variables = new BindVariableServiceImpl(engine.getConfiguration());
            var context = new SqlExecutionContextImpl(engine, 1);
            context.with(ReadOnlySecurityContext.INSTANCE, variables, null, -1, timeout);
            bind(variables, binds);
            timeout.resetTimer();
            opened = compile(engine, context);
            cursor = opened.getCursor(context);
            factory = opened;
            row = new RecordRow(cursor.getRecord(), factory.getMetadata());
        } catch (SqlException | RuntimeException | Error e) {
            if (opened != null) {
                opened.close();
            }
            timeout.close();
            throw failed(e);
        }
    }

    private RecordCursorFactory compile(CairoEngine engine, SqlExecutionContextImpl context) throws SqlException {
        try (SqlCompiler compiler = engine.getSqlCompiler()) {
            CompiledQuery query = compiler.compile(select, context);
            RecordCursorFactory compiled = query.getRecordCursorFactory();
            if (query.getType() != CompiledQuery.SELECT || compiled == null) {
                throw new IllegalArgumentException("it is not a SELECT");
            }
            return compiled;
        }
    }

    private static void bind(BindVariableServiceImpl variables, List<Object> binds) throws SqlException {
        for (int i = 0; i < binds.size(); i++) {
            switch (binds.get(i)) {
                case String s -> variables.setStr(i, s);
                case Long n -> variables.setLong(i, n);
                case Integer n -> variables.setInt(i, n);
                case Double n -> variables.setDouble(i, n);
                case Boolean on -> variables.setBoolean(i, on);
                case Instant at -> variables.setTimestamp(i, micros(at));
                case Object other ->
                    throw new IllegalArgumentException("bind $%d is a %s, expected text, number, boolean or Instant"
                            .formatted(i + 1, other.getClass().getName()));
            }
        }
    }

    private static long micros(Instant at) {
        return TimeUnit.SECONDS.toMicros(at.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(at.getNano());
    }

    boolean next() {
        try {
            return cursor.hasNext();
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    Row row() {
        return row;
    }

    Record record() {
        return cursor.getRecord();
    }

    private RuntimeException failed(Throwable e) {
        if (e instanceof SqlException || QuestDbServer.isStorageFailure(e)) {
            String reason = e instanceof SqlException s
                    ? s.getFlyweightMessage() + " at character " + (s.getPosition() + 1)
                    : QuestDbServer.reason(e);
            return new SqlFailedException("query '%s' failed: %s".formatted(select, reason), e);
        }
        throw (Error) e;
    }

    @Override
    public void close() {
        cursor.close();
        factory.close();
        timeout.close();
    }

    /** Reads each column by what it is, so that a caller needs not know how narrow its number is stored. */
    private static final class RecordRow implements Row {
        private final Record values;
        private final RecordMetadata metadata;

        RecordRow(Record values, RecordMetadata metadata) {
            this.values = values;
            this.metadata = metadata;
        }

        private int type(int column) {
            return ColumnType.tagOf(metadata.getColumnType(column));
        }

        /** QuestDB itself would read whatever bytes are there. */
        private IllegalArgumentException not(String wanted, int column) {
            return new IllegalArgumentException("column %s is %s, expected %s"
                    .formatted(
                            metadata.getColumnName(column), ColumnType.nameOf(metadata.getColumnType(column)), wanted));
        }

        @Override
        public @Nullable String text(int column) {
            Object text = switch (type(column)) {
                case ColumnType.SYMBOL -> values.getSymA(column);
                case ColumnType.VARCHAR -> values.getVarcharA(column);
                case ColumnType.STRING -> values.getStrA(column);
                default -> throw not("text", column);
            };
            return text == null ? null : text.toString();
        }

        @Override
        public long integer(int column) {
            return switch (type(column)) {
                case ColumnType.BYTE -> values.getByte(column);
                case ColumnType.SHORT -> values.getShort(column);
                case ColumnType.INT -> {
                    int n = values.getInt(column);
                    yield n == Integer.MIN_VALUE ? Long.MIN_VALUE : n;
                }
                case ColumnType.LONG -> values.getLong(column);
                default -> throw not("an integer", column);
            };
        }

        @Override
        public double number(int column) {
            return switch (type(column)) {
                case ColumnType.FLOAT -> values.getFloat(column);
                case ColumnType.DOUBLE -> values.getDouble(column);
                default -> {
                    long n = integer(column);
                    yield n == Long.MIN_VALUE ? Double.NaN : n;
                }
            };
        }

        @Override
        public long micros(int column) {
            if (type(column) != ColumnType.TIMESTAMP) {
                throw not("a timestamp", column);
            }
            return values.getTimestamp(column);
        }

        @Override
        public boolean bool(int column) {
            if (type(column) != ColumnType.BOOLEAN) {
                throw not("a boolean", column);
            }
            return values.getBool(column);
        }

        @Override
        public byte @Nullable [] bytes(int column) {
            if (type(column) != ColumnType.BINARY) {
                throw not("binary", column);
            }
            return LogTable.bytes(values.getBin(column));
        }
    }
}
