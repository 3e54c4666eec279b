package io.millrace.cli;

/** Ends a command with a message for the user and an exit code of the contract. */
public final class CommandException extends Exception {
    private final int exitCode;

    private CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What was asked to hold does not hold. */
    public static CommandException notHolding(String message) {
        return new CommandException(1, message);
    }

    /** Wrong usage, configuration or input. */
    public static CommandException wrongUsage(String message) {
        return new CommandException(2, message);
    }

    /** Something needed cannot be reached or is in use. */
    public static CommandException unavailable(String message) {
        return new CommandException(3, message);
    }

    int exitCode() {
        return exitCode;
    }
}
