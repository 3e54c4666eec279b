package io.millrace.gateway.notify;

import java.util.List;

/** The content of a {@code notify.yaml}; without channels and routes nobody is told anything. */
record NotifyConfig(List<ChannelConfig> channels, List<Route> routes) {
    static final NotifyConfig NONE = new NotifyConfig(List.of(), List.of());

    static final int CHANNELS_MAX = 20;

    static final int ROUTES_MAX = 100;

    static final int ADDRESSES_MAX = 50;
}
