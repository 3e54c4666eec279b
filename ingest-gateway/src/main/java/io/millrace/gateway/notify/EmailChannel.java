package io.millrace.gateway.notify;

import io.millrace.gateway.notify.ChannelConfig.Login;
import io.millrace.gateway.notify.ChannelConfig.Security;
import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import io.millrace.gateway.notify.Secret.SecretMissingException;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** Delivers notifications by e-mail (SMTP, RFC 5321), a connection each. The same notification has the same Message-ID. */
final class EmailChannel implements NotificationChannel {
    /** Milliseconds that each of connecting, reading an answer and writing may take. */
    private static final String WAIT_MAX = "8000";

    /** Notifications that some addresses have and others do not yet. The eldest is forgotten: everybody gets it again. */
    static final int PARTIAL_MAX = 1_000;

    private static final int REPLY_LENGTH_MAX = 200;

    private final ChannelConfig.Email config;
    private final Session session;
    private final Map<String, Recipients> partial = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Recipients> eldest) {
            return size() > PARTIAL_MAX;
        }
    };

    EmailChannel(ChannelConfig.Email config) {
        this.config = config;
        this.session = Session.getInstance(properties());
    }

    private Properties properties() {
        var properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", config.host());
        properties.put("mail.smtp.port", Integer.toString(config.port()));
        properties.put("mail.smtp.connectiontimeout", WAIT_MAX);
        properties.put("mail.smtp.timeout", WAIT_MAX);
        properties.put("mail.smtp.writetimeout", WAIT_MAX);
        properties.put("mail.smtp.ssl.enable", Boolean.toString(config.security() == Security.TLS));
        properties.put("mail.smtp.starttls.enable", Boolean.toString(config.security() == Security.STARTTLS));
        properties.put("mail.smtp.starttls.required", Boolean.toString(config.security() == Security.STARTTLS));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.auth", Boolean.toString(config.login().isPresent()));
        // One wrong address does not keep the others from being told.
        properties.put("mail.smtp.sendpartial", "true");
        return properties;
    }

    @Override
    public DeliveryResult deliver(Notification notification) throws InterruptedException {
        Recipients recipients = partial.getOrDefault(notification.id(), new Recipients(config.to()));
        String trouble = attempt(notification, recipients);
        if (!recipients.open().isEmpty()) {
            if (!recipients.isUntried()) {
                partial.put(notification.id(), recipients);
            }
            return new Unavailable(recipients.isUntried() ? trouble : trouble + "; " + recipients);
        }
        partial.remove(notification.id());
        return recipients.allReached() ? new Delivered() : new Refused("%s: %s".formatted(server(), recipients));
    }

    /** Tries the addresses that are open; tells why those that still are have it not. */
    private String attempt(Notification notification, Recipients recipients) throws InterruptedException {
        try (Transport transport = session.getTransport()) {
            MimeMessage mail = mail(notification);
            if (config.login().isPresent()) {
                Login login = config.login().get();
                transport.connect(login.user(), login.password().read());
            } else {
                transport.connect();
            }
            transport.sendMessage(mail, recipients.open().toArray(Address[]::new));
            recipients.reached(recipients.open());
            return "";
        } catch (SecretMissingException e) {
            return String.valueOf(e.getMessage());
        } catch (SendFailedException e) {
            return "%s: not yet %s".formatted(server(), Recipients.words(note(e, recipients)));
        } catch (AuthenticationFailedException e) {
            return "%s does not let us in: %s".formatted(server(), e.getMessage());
        } catch (MessagingException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while sending mail");
            }
            return "%s: %s".formatted(server(), reason(e));
        }
    }

    /**
     * Notes what became of each address, and gives those that stay open with the server's replies. Replies of 5yz are for
     * ever, others are not (RFC 5321, section 4.2.1).
     */
    private static Map<Address, String> note(SendFailedException e, Recipients recipients) {
        if (e.getValidSentAddresses() != null) {
            recipients.reached(List.of(e.getValidSentAddresses()));
        }
        Map<Address, SMTPAddressFailedException> failed = new HashMap<>();
        for (Exception cause = e; cause instanceof MessagingException m; cause = m.getNextException()) {
            if (m instanceof SMTPAddressFailedException address) {
                failed.put(address.getAddress(), address);
            }
        }
        Map<Address, String> open = new LinkedHashMap<>();
        for (Address to : recipients.open()) {
            // What no address failed for, the sender or the mail did, or the line.
            MessagingException why = failed.containsKey(to) ? failed.get(to) : e;
            String reply = oneLine(String.valueOf(why.getMessage()));
            if (replyCode(why) / 100 == 5) {
                recipients.refused(to, reply);
            } else {
                open.put(to, reply);
            }
        }
        return open;
    }

    /** 0 or less if the server said none. */
    private static int replyCode(MessagingException e) {
        return switch (e) {
            case SMTPAddressFailedException address -> address.getReturnCode();
            case SMTPSendFailedException send -> send.getReturnCode();
            default -> 0;
        };
    }

    private MimeMessage mail(Notification notification) throws MessagingException {
        String domain = config.from().substring(config.from().indexOf('@') + 1);
        var mail = new MailWithId(session, "<%s@%s>".formatted(notification.id(), domain));
        mail.setFrom(new InternetAddress(config.from()));
        for (String to : config.to()) {
            mail.addRecipient(Message.RecipientType.TO, new InternetAddress(to));
        }
        mail.setSubject(notification.subject(), StandardCharsets.UTF_8.name());
        mail.setSentDate(Date.from(Instant.parse(notification.created())));
        mail.setText(notification.text(), StandardCharsets.UTF_8.name());
        mail.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's absence note is to answer
        // Mails of one group stand together.
        String group = notification.route() + notification.group();
        UUID thread = UUID.nameUUIDFromBytes(group.getBytes(StandardCharsets.UTF_8));
        mail.setHeader("References", "<%s@%s>".formatted(thread, domain));
        mail.saveChanges();
        return mail;
    }

    private String server() {
        return "%s:%d".formatted(config.host(), config.port());
    }

    private static String reason(MessagingException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Exception next = e.getNextException();
        return oneLine(next == null || next.getMessage() == null ? message : message + ": " + next.getMessage());
    }

    private static String oneLine(String reply) {
        String line = reply.replaceAll("\\s+", " ").strip();
        return line.length() <= REPLY_LENGTH_MAX ? line : line.substring(0, REPLY_LENGTH_MAX) + "…";
    }

    /** The library would make up an id at each attempt. */
    private static final class MailWithId extends MimeMessage {
        private final String id;

        MailWithId(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
