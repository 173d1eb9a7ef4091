/// How many people stand behind some experiments: those of a sample that several experiments share once.
///
/// One count for every place that prints one. Of a sample the experiment with most people counts. Experiments that share only
/// their controls add their first groups (the patients), and the controls count once.
public struct People: Hashable, Sendable {
    /// What an experiment says about its sample.
    public struct Group: Hashable, Sendable {
        public var sample: String
        public var n1: Int
        public var n2: Int
        public var sharesControls: Bool

        public init(sample: String, n1: Int, n2: Int, sharesControls: Bool = false) {
            self.sample = sample
            self.n1 = n1
            self.n2 = n2
            self.sharesControls = sharesControls
        }
    }

    /// In samples whose size is known.
    public private(set) var count = 0
    public private(set) var samples = 0
    /// Samples of which no experiment says how large it is.
    public private(set) var samplesOfUnknownSize = 0

    public init(_ groups: [Group]) {
        for members in Dictionary(grouping: groups, by: \.sample).values {
            samples += 1
            let number = Self.number(in: members)
            count += number
            if number == 0 { samplesOfUnknownSize += 1 }
        }
    }

    public init(_ experiments: [Experiment]) {
        self.init(
            experiments.map {
                Group(sample: $0.sample, n1: $0.n1, n2: $0.n2, sharesControls: $0.sharesControls)
            })
    }

    private static func number(in members: [Group]) -> Int {
        let adding = members.filter(\.sharesControls)
        let same = members.filter { !$0.sharesControls }.max {
            ($0.n1 + $0.n2, $0.n2) < ($1.n1 + $1.n2, $1.n2)
        }
        let controls = adding.map(\.n2).max() ?? 0
        return adding.reduce(0) { $0 + $1.n1 } + (same?.n1 ?? 0) + max(controls, same?.n2 ?? 0)
    }

    /// `370 participants`; what is not known is said.
    public var words: String {
        let known = "\(Self.grouped(count)) participant\(count == 1 ? "" : "s")"
        if samplesOfUnknownSize == 0 { return known }
        if count == 0 { return "an unknown number of participants" }
        return "\(known) in \(samples - samplesOfUnknownSize) of \(samples) samples, the others of unknown size"
    }

    /// As the report writes numbers: 12,345.
    private static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return String(digits)
    }
}
