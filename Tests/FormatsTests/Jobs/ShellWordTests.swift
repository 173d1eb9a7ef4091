import Formats
import Foundation
import Testing

@Suite("Words of a shell's command line")
struct ShellWordTests {
    @Test("what needs no quotes has none", arguments: ["run", "/home/me/p_1-2.tsv", "seed=7", "a,b:c@d+e%f"])
    func plain(_ word: String) {
        #expect(ShellWord.quoted(word) == word)
    }

    @Test("a shell reads every word back as it was")
    func readBack() throws {
        let words = [
            "", " ", "two words", "it's", "\"quoted\"", "$HOME", "`id`", "a\\b", "*", "~", "=x", "tab\tline\nbreak",
            "ü–é",
            "-n", "#no", "!", "a;b|c&d",
        ]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "printf '%s\\0' \(ShellWord.line(words))"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == words.map { $0 + "\0" }.joined())
    }
}
