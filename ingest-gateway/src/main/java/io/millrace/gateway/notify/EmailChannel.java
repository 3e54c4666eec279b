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
import java.util.Arrays;
import java.util.Date;
import java.util.Properties;
import java.util.UUID;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jboss.logging.Logger;

/** Delivers notifications by e-mail (SMTP, RFC 5321), a connection each. The same notification has the same Message-ID. */
final class EmailChannel implements NotificationChannel {
    private static final Logger LOG = Logger.getLogger(EmailChannel.class);

    /** Milliseconds that each of connecting, reading an answer and writing may take. */
    private static final String WAIT_MAX = "8000";

    private final ChannelConfig.Email config;
    private final Session session;

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
        try (Transport transport = session.getTransport()) {
            MimeMessage mail = mail(notification);
            if (config.login().isPresent()) {
                Login login = config.login().get();
                transport.connect(login.user(), login.password().read());
            } else {
                transport.connect();
            }
            transport.sendMessage(mail, mail.getAllRecipients());
            return new Delivered();
        } catch (SecretMissingException e) {
            return new Unavailable(String.valueOf(e.getMessage()));
        } catch (SendFailedException e) {
            return outcome(e);
        } catch (AuthenticationFailedException e) {
            return new Unavailable("%s does not let us in: %s".formatted(server(), e.getMessage()));
        } catch (MessagingException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while sending mail");
            }
            return new Unavailable("%s: %s".formatted(server(), reason(e)));
        }
    }

    /** Reply codes of 5yz are for ever, others are not (RFC 5321, section 4.2.1). */
    private DeliveryResult outcome(SendFailedException e) {
        String reason = "%s: %s".formatted(server(), reason(e));
        Address[] sent = e.getValidSentAddresses();
        if (sent != null && sent.length > 0) {
            LOG.errorf(
                    "Mail reached some of its addresses only, correct notify.yaml: channel=%s refused=%s cause=%s",
                    config.name(), Arrays.toString(e.getInvalidAddresses()), reason);
            return new Delivered();
        }
        return replyCode(e) / 100 == 5 ? new Refused(reason) : new Unavailable(reason);
    }

    /** Of the failure itself, or of the first address that was refused; 0 if the server said none. */
    private static int replyCode(MessagingException e) {
        for (Exception cause = e;
                cause != null;
                cause = cause instanceof MessagingException m ? m.getNextException() : null) {
            int code = switch (cause) {
                case SMTPSenderFailedException sender -> sender.getReturnCode();
                case SMTPAddressFailedException address -> address.getReturnCode();
                case SMTPSendFailedException send -> send.getReturnCode();
                default -> 0;
            };
            if (code > 0) {
                return code;
            }
        }
        return 0;
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
        String all = next == null || next.getMessage() == null ? message : message + ": " + next.getMessage();
        return all.replaceAll("\\s+", " ").strip();
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
