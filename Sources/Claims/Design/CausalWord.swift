import Foundation

/// A word of a sentence that says one thing makes another happen.
public struct CausalWord: Hashable, Sendable {
    public let word: String
    /// Positions of its characters in the sentence.
    public let range: Range<Int>

    /// Verbs and phrases that always say so, in English.
    private static let stems = [
        "leads? to", "led to", "leading to", "results? in", "resulted in", "due to", "because of", "thanks to",
        "by reducing", "by increasing", "caus(?:e|es|ed|ing)", "rais(?:e|es|ed|ing)", "lower(?:s|ed|ing)",
        "affect(?:s|ed|ing)?", "effects? of", "produc(?:e|es|ed|ing)", "calm(?:s|ed|ing)", "rewir(?:e|es|ed|ing)",
        "restor(?:e|es|ed|ing)", "suppress(?:es|ed|ing)?", "quiet(?:s|ed|ing)", "mak(?:e|es|ing)", "made",
        "driv(?:e|es|en|ing)", "drove", "trigger(?:s|ed|ing)?", "repair(?:s|ed|ing)?", "heal(?:s|ed|ing)?",
        "rebuild(?:s|ing)?", "rebuilt", "reshap(?:e|es|ed|ing)", "remodel(?:s|led|ling|ed|ing)?", "builds?",
        "turns? (?:up|down|off|on)", "reverses?", "reversed", "protects?", "protected", "through its",
    ]
    /// Those that do where something is done to an object: *increases activity*, but not *activity increases with age* or *the more
    /// it changed, …*, nor *changes of activity* or *goes with increased activity*.
    private static let transitive = [
        "increas(?:e|es|ed|ing)", "decreas(?:e|es|ed|ing)", "reduc(?:e|es|ed|ing|tion)", "chang(?:e|es|ed|ing)",
        "shr(?:ink|inks|ank|unk|inking)", "grow(?:s|ing)?", "strengthen(?:s|ed|ing)?", "weaken(?:s|ed|ing)?",
        "normali[sz](?:e|es|ed|ing|ation)", "improv(?:e|es|ed|ing)", "boost(?:s|ed|ing)?", "alter(?:s|ed|ing)?",
        "enhanc(?:e|es|ed|ing)", "dampen(?:s|ed|ing)?",
    ]

    private static let pattern =
        "\\b(?:\(stems.joined(separator: "|")))\\b|(?<!\\bwith )\\b(?:\(transitive.joined(separator: "|")))\\b"
        + "(?!\\s*(?:[,.;:!?)]|$))(?!\\s+(?:with|after|during|in|of|before|when|while|as|along|from|over|more|less)\\b)"

    /// In the order of the sentence.
    public static func all(in sentence: String) -> [CausalWord] {
        guard let expression = try? NSRegularExpression(pattern: pattern, options: [.caseInsensitive]) else {
            return []
        }
        let whole = NSRange(sentence.startIndex..., in: sentence)
        return expression.matches(in: sentence, range: whole).compactMap { match in
            guard let range = Range(match.range, in: sentence) else { return nil }
            let start = sentence.distance(from: sentence.startIndex, to: range.lowerBound)
            return CausalWord(word: String(sentence[range]), range: start..<start + sentence[range].count)
        }
    }
}
