package io.millrace.gateway.api;

/** Ends a request with a problem. */
final class ProblemException extends RuntimeException {
    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    ProblemException(int status, String title, String detail) {
        this(Problem.of(status, title, detail));
    }

    Problem problem() {
        return problem;
    }
}
