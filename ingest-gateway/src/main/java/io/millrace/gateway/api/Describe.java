package io.millrace.gateway.api;

/** How the OpenAPI document describes parameters that several paths have. */
final class Describe {
    static final String SITE = "Exactly this site";
    static final String AGENT = "Exactly this agent; of a plain device the device";
    static final String DEVICE = "Pattern such as pump-*: * any characters, ? one, [a-z] a set";
    static final String METRIC = "Pattern such as temp*, like device";
    static final String FROM = "Event time, inclusive; RFC 3339 or now-15m (the default)";
    static final String TO = "Event time, exclusive; RFC 3339 or now (the default)";
    static final String CURSOR = "\"next\" of the page before";

    private Describe() {}
}
