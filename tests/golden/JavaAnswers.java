import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads lines "pattern TAB text" in hexadecimal UTF-16 and writes what java.util.regex finds, in code points. */
public class JavaAnswers {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "US-ASCII");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t", -1);
            out.println(answer(decoded(fields[0]), decoded(fields[1])));
        }
    }

    static String answer(String pattern, String text) {
        StringBuilder answer = new StringBuilder();
        try {
            Matcher matcher = Pattern.compile(pattern).matcher(text);
            while (matcher.find()) {
                answer.append(answer.length() == 0 ? "" : ";");
                for (int group = 0; group <= matcher.groupCount(); group++) {
                    answer.append(group == 0 ? "" : ",");
                    answer.append(place(text, matcher.start(group))).append(":").append(place(text, matcher.end(group)));
                }
            }
            answer.append("\t");
            for (String part : text.split(pattern)) {
                answer.append(encoded(part)).append(";");
            }
            return answer.toString();
        } catch (PatternSyntaxException error) {
            return "error\t" + error.getIndex() + "\t" + error.getDescription().replace("\0", "");
        }
    }

    static int place(String text, int index) {
        return index < 0 ? -1 : text.codePointCount(0, index);
    }

    static String decoded(String hexadecimal) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < hexadecimal.length(); at += 4) {
            text.append((char) Integer.parseInt(hexadecimal.substring(at, at + 4), 16));
        }
        return text.toString();
    }

    static String encoded(String text) {
        StringBuilder hexadecimal = new StringBuilder();
        for (char unit : text.toCharArray()) {
            hexadecimal.append(String.format("%04x", (int) unit));
        }
        return hexadecimal.toString();
    }
}
