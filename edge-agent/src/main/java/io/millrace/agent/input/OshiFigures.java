package io.millrace.agent.input;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.nativefree.SystemInfo;
import oshi.software.os.OSFileStore;

/**
 * Reads the machine's figures through OSHI's part without native code, which costs no JNA; it knows Linux only.
 *
 * <pre>
 * cpu.usage, cpu.N.usage     %      busy since the reading before
 * cpu.temperature            °C     if there is a sensor
 * load.1m                           as uptime shows it
 * memory.used, .available    B
 * memory.usage               %
 * disk.usage                 %      of the file system with most room in all
 * disk.read, disk.write      B/s    all disks together
 * network.received, .sent    B/s    all interfaces but loopback
 * </pre>
 */
final class OshiFigures implements HostInput.Figures {
    /** The kernel counts processor time in steps of 10 ms. */
    private static final long SPAN_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);

    private final boolean perCore;
    private final AgentClock clock;
    private final CentralProcessor processor;
    private final GlobalMemory memory;
    private final HardwareAbstractionLayer hardware;
    private final List<HWDiskStore> disks;
    private final List<NetworkIF> networks;
    private final List<OSFileStore> fileStores;
    private long[] ticks;
    private long[][] coreTicks;
    private Totals before;
    private boolean hasTemperature;

    /** Counters since the machine's start, and when they were read. */
    private record Totals(long nanos, long diskRead, long diskWritten, long received, long sent) {}

    /**
     * @throws UnsupportedOperationException if this is no Linux
     */
    OshiFigures(boolean perCore, AgentClock clock) {
        this.perCore = perCore;
        this.clock = clock;
        var system = new SystemInfo();
        hardware = system.getHardware();
        processor = hardware.getProcessor();
        memory = hardware.getMemory();
        disks = hardware.getDiskStores();
        networks = hardware.getNetworkIFs();
        fileStores = system.getOperatingSystem().getFileSystem().getFileStores(true);
        ticks = processor.getSystemCpuLoadTicks();
        coreTicks = processor.getProcessorCpuLoadTicks();
        before = totals();
        hasTemperature = hardware.getSensors().getCpuTemperature() > 0;
    }

    @Override
    public List<HostInput.Figure> read() {
        var figures = new ArrayList<HostInput.Figure>();
        boolean hasSpan = isSpanLongEnough();
        addProcessor(figures, hasSpan);
        addMemory(figures);
        addFileSystem(figures);
        if (hasSpan) {
            addRates(figures);
        }
        return figures;
    }

    private void addProcessor(List<HostInput.Figure> figures, boolean hasSpan) {
        if (hasSpan) {
            addProcessorUsage(figures);
        }
        double load = processor.getSystemLoadAverage(1)[0];
        if (load >= 0) {
            figures.add(new HostInput.Figure("load.1m", "", load));
        }
        if (hasTemperature) {
            figures.add(new HostInput.Figure(
                    "cpu.temperature", "°C", hardware.getSensors().getCpuTemperature()));
        }
    }

    private void addProcessorUsage(List<HostInput.Figure> figures) {
        figures.add(percent("cpu.usage", processor.getSystemCpuLoadBetweenTicks(ticks)));
        ticks = processor.getSystemCpuLoadTicks();
        if (perCore) {
            double[] loads = processor.getProcessorCpuLoadBetweenTicks(coreTicks);
            coreTicks = processor.getProcessorCpuLoadTicks();
            for (int i = 0; i < loads.length; i++) {
                figures.add(percent("cpu.%d.usage".formatted(i), loads[i]));
            }
        }
    }

    /** Right after the start there is nothing yet to compare counters with. */
    private boolean isSpanLongEnough() {
        return clock.nanos() - before.nanos() >= SPAN_NANOS_MIN;
    }

    private void addMemory(List<HostInput.Figure> figures) {
        long total = memory.getTotal();
        long available = memory.getAvailable();
        figures.add(new HostInput.Figure("memory.used", "B", total - available));
        figures.add(new HostInput.Figure("memory.available", "B", available));
        figures.add(percent("memory.usage", (double) (total - available) / total));
    }

    private void addFileSystem(List<HostInput.Figure> figures) {
        OSFileStore largest = null;
        for (OSFileStore store : fileStores) {
            store.updateAttributes();
            if (largest == null || store.getTotalSpace() > largest.getTotalSpace()) {
                largest = store;
            }
        }
        if (largest != null && largest.getTotalSpace() > 0) {
            figures.add(percent("disk.usage", 1 - (double) largest.getUsableSpace() / largest.getTotalSpace()));
        }
    }

    private void addRates(List<HostInput.Figure> figures) {
        Totals now = totals();
        double seconds = (now.nanos - before.nanos) / 1e9;
        figures.add(rate("disk.read", now.diskRead - before.diskRead, seconds));
        figures.add(rate("disk.write", now.diskWritten - before.diskWritten, seconds));
        figures.add(rate("network.received", now.received - before.received, seconds));
        figures.add(rate("network.sent", now.sent - before.sent, seconds));
        before = now;
    }

    private Totals totals() {
        disks.forEach(HWDiskStore::updateAttributes);
        networks.forEach(NetworkIF::updateAttributes);
        return new Totals(
                clock.nanos(),
                disks.stream().mapToLong(HWDiskStore::getReadBytes).sum(),
                disks.stream().mapToLong(HWDiskStore::getWriteBytes).sum(),
                networks.stream().mapToLong(NetworkIF::getBytesRecv).sum(),
                networks.stream().mapToLong(NetworkIF::getBytesSent).sum());
    }

    /** To a hundredth, since the source has no more and a short number travels in fewer bytes. */
    private static HostInput.Figure percent(String metric, double ratio) {
        return new HostInput.Figure(metric, "%", Math.round(Math.clamp(ratio, 0, 1) * 10_000) / 100.0);
    }

    /** A counter that went back, because a disk or interface left, gives 0. */
    private static HostInput.Figure rate(String metric, long bytes, double seconds) {
        return new HostInput.Figure(metric, "B/s", seconds > 0 ? Math.max(0, Math.round(bytes / seconds)) : 0);
    }
}
