package io.millrace.gateway.notify;

import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.jboss.logging.Logger;

/** Sends by one channel, one notification at a time, so that a slow one holds up no other. One thread runs it. */
final class Sender implements Runnable {
    private static final Logger LOG = Logger.getLogger(Sender.class);

    private final String name;
    private final NotificationChannel channel;
    private final BlockingQueue<Result> results;
    private final SynchronousQueue<Notification> next = new SynchronousQueue<>();

    /** What became of an attempt. */
    record Result(String channel, String notification, DeliveryResult result) {}

    /**
     * @param results has room for one of each channel
     */
    Sender(String name, NotificationChannel channel, BlockingQueue<Result> results) {
        this.name = name;
        this.channel = channel;
        this.results = results;
    }

    /** Takes it unless it is still busy. */
    boolean offer(Notification notification) {
        return next.offer(notification);
    }

    @Override
    public void run() {
        try {
            while (true) {
                Notification notification = next.take();
                results.put(new Result(name, notification.id(), deliver(notification)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private DeliveryResult deliver(Notification notification) throws InterruptedException {
        try {
            return channel.deliver(notification);
        } catch (RuntimeException e) {
            LOG.errorf(e, "A channel has a defect, please report it: channel=%s", name);
            return new Unavailable("defect of ours: " + e);
        }
    }
}
