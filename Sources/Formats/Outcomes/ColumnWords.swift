/// The words of a column's name.
enum ColumnWords {
    /// Letters and digits, in small letters: `CI.lb`, `ci_lb` and `CI lb` are one name.
    static func plain(_ name: String) -> String {
        String(name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) })
    }

    /// `Mean1`, `mean_1`, `mean.1`, `SDpre` and `n exp` cut into words, in small letters.
    static func words(_ name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previous: Character?
        func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
        func close() {
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        for character in name {
            defer { previous = character }
            guard character.isLetter || isDigit(character) else {
                close()
                continue
            }
            if let previous, previous.isLetter || isDigit(previous) {
                let isHump = previous.isLowercase && character.isUppercase
                if isHump || isDigit(previous) != isDigit(character) { close() }
            }
            word.append(character)
        }
        close()
        return rejoined(words).flatMap(GroupColumn.parts)
    }

    /// Words that the cutting took apart: s.d., q1, m1i, standard deviation.
    private static func rejoined(_ words: [String]) -> [String] {
        var result: [String] = []
        for word in words {
            switch (result.last, word) {
            case ("s", "d"): result[result.count - 1] = "sd"
            case ("s", "e"): result[result.count - 1] = "se"
            case ("standard", "deviation"), ("std", "dev"): result[result.count - 1] = "sd"
            case ("standard", "error"), ("std", "err"), ("std", "error"): result[result.count - 1] = "se"
            case ("sample", "size"): result[result.count - 1] = "n"
            case ("q", "1"), ("q", "3"): result[result.count - 1] = "q" + word
            case ("lower", "quartile"): result[result.count - 1] = "q1"
            case ("upper", "quartile"): result[result.count - 1] = "q3"
            default: result.append(word)
            }
        }
        return result
    }
}
