/// Words of a command line as a POSIX shell reads them back.
package enum ShellWord {
    /// The word as it is where the shell takes it literally, else in single quotes.
    package static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || "_-./:=,+@%".unicodeScalars.contains(scalar)
        }
        // A tilde or an equals sign is only special where it begins a word.
        if plain, !word.isEmpty, word.first != "=" { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }

    package static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
