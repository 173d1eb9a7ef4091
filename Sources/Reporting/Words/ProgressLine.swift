import Foundation

/// How far the work is, in a line of a terminal: which model, which stage, how much of it, and how long it will take.
public struct ProgressLine: Hashable, Sendable {
    /// Which of several models.
    public struct Model: Hashable, Sendable {
        public var name: String
        /// From 1.
        public var number: Int
        public var count: Int

        public init(_ name: String, _ number: Int, of count: Int) {
            self.name = name
            self.number = number
            self.count = count
        }
    }

    /// nil where there is one only.
    public var model: Model?
    public var stage: String
    /// Which of the model's stages, from 1; nil where that is not known.
    public var number: Int?
    /// How many stages the model has.
    public var count: Int

    /// Columns of a line, at most.
    public static let width = 80
    /// Shortest name that is still worth its place.
    private static let shortestName = 4

    public init(model: Model? = nil, stage: String, number: Int? = nil, of count: Int = 0) {
        self.model = model
        self.stage = stage
        self.number = number
        self.count = count
    }

    /// `model 2 of 7 (task), stage 5 of 9: Relocations: 40.3 s`.
    public func finished(seconds: Double) -> String { line(": \(Self.duration(seconds))") }

    /// `…: Effects at places: nothing to do`, so that the numbers of a list of stages have no gaps.
    public var skipped: String { line(": nothing to do") }

    /// `…: Relocations: 43 %, 12 s left`.
    /// - Parameters:
    ///   - share: of the stage's work, from 0 to 1.
    ///   - left: seconds that the rest of the stage will take; nil where nobody can say yet.
    public func running(share: Double, left: Double?) -> String { line(": \(Self.rest(share, left))") }

    /// The same with a bar.
    public func bar(share: Double, left: Double?) -> String {
        let size = 16
        let filled = Int(Self.within(share) * Double(size))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: size - filled)
        return line(" \(bar) \(Self.rest(share, left))")
    }

    private static func rest(_ share: Double, _ left: Double?) -> String {
        "\(Int(within(share) * 100)) %" + (left.map { ", \(duration($0)) left" } ?? "")
    }

    private static func within(_ share: Double) -> Double { share.isFinite ? min(max(share, 0), 1) : 0 }

    /// What stands in front of `tail`, shortened so that both fit: first the model's name, then the stage's.
    private func line(_ tail: String) -> String {
        let room = Self.width - tail.count
        let whole = head(name: model?.name, stage: stage)
        guard whole.count > room else { return whole + tail }
        if let model {
            let spare = model.name.count - (whole.count - room)
            if spare >= Self.shortestName {
                return head(name: Self.shortened(model.name, spare), stage: stage) + tail
            }
        }
        let short = head(name: nil, stage: stage)
        guard short.count > room else { return short + tail }
        return head(name: nil, stage: Self.shortened(stage, max(stage.count - (short.count - room), 1))) + tail
    }

    private func head(name: String?, stage: String) -> String {
        var parts: [String] = []
        if let model { parts.append("model \(model.number) of \(model.count)" + (name.map { " (\($0))" } ?? "")) }
        if let number { parts.append("stage \(number) of \(count)") }
        return parts.isEmpty ? stage : "\(parts.joined(separator: ", ")): \(stage)"
    }

    private static func shortened(_ text: String, _ count: Int) -> String {
        text.count <= count ? text : text.prefix(max(count - 1, 0)) + "…"
    }

    /// `0.3 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e7 else { return "a long time" }
        if seconds < 9.95 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
        return String(format: "%d h %02d min", whole / 3600, whole % 3600 / 60)
    }
}
