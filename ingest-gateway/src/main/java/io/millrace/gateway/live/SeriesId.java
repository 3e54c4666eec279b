package io.millrace.gateway.live;

import io.millrace.model.Names;
import io.millrace.store.derive.LatestValue;

/**
 * Names a series in addresses and frames: {@code site/agent/device+metric}. Only a device or metric may hold {@code /},
 * and no name may hold {@code +}, so the text is never ambiguous. In a URL the {@code +} is written {@code %2B}.
 *
 * @param agent of a plain device the device
 */
public record SeriesId(String site, String agent, String device, String metric) {
    public SeriesId {
        Names.check("site", site);
        Names.check("agent", agent);
        Names.checkPath("device", device);
        Names.checkPath("metric", metric);
    }

    public static SeriesId of(LatestValue latest) {
        return new SeriesId(
                latest.site(),
                latest.agent(),
                latest.series().device(),
                latest.series().metric());
    }

    /**
     * @throws IllegalArgumentException if the text is no such id; the message says what was expected
     */
    public static SeriesId parse(String text) {
        int plus = text.lastIndexOf('+');
        String[] source = text.substring(0, Math.max(0, plus)).split("/", 3);
        if (source.length < 3) {
            throw new IllegalArgumentException(
                    "'%.200s' is no series, expected site/agent/device+metric (in a URL the + is written %%2B)"
                            .formatted(text));
        }
        return new SeriesId(source[0], source[1], source[2], text.substring(plus + 1));
    }

    @Override
    public String toString() {
        return site + "/" + agent + "/" + device + "+" + metric;
    }
}
