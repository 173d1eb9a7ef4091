public import Evidence
public import Imaging

/// What a map is said to hold, by its name or by whoever names it, held against what its header says.
public enum MapStatistic: String, Hashable, Sendable, CaseIterable {
    case t, z, p, logP, d, g, r, estimate

    /// In messages.
    var name: String {
        switch self {
        case .t, .z, .p, .d, .r: rawValue
        case .logP: "-log10 p"
        case .g: "Hedges' g"
        case .estimate: "estimates"
        }
    }

    /// NIfTI's intent code of the statistic; nil where it has none.
    var code: Int? {
        switch self {
        case .t: Intent.tTestCode
        case .z: Intent.zScoreCode
        case .p: Intent.pValueCode
        case .logP: Intent.log10PValueCode
        case .r: Intent.correlationCode
        case .d, .g, .estimate: nil
        }
    }

    /// The NIfTI intent codes that stand for a statistic.
    public static let statisticCodes = 2...24

    /// Holds what is said against the header, whichever of the two is wrong: image functions copy headers, and files are renamed.
    ///
    /// - Parameter degreesOfFreedom: of the sample; nil where it is not known.
    /// - Throws: where the header says that it is another statistic, or has other degrees of freedom.
    public func check(
        _ intent: Intent, of path: String, degreesOfFreedom df: Double? = nil, at source: SourceLocation? = nil
    ) throws(InputError) {
        let source = source ?? SourceLocation(file: path)
        if Self.statisticCodes.contains(intent.code), intent.code != code {
            throw InputError(
                at: source,
                "\(MapWords.subject(path, at: source)) is taken as \(name), but its header says \(Self.words(intent.code)) (intent code \(intent.code)).",
                remedy:
                    "Name it by what it holds; if the header is wrong, set its intent code to \(code.map { "\($0) (\(name))" } ?? "0")."
            )
        }
        guard let df, self == .t || self == .r, intent.code == code, intent.parameters.x > 0 else { return }
        guard abs(intent.parameters.x - df) < 0.5 else {
            throw InputError(
                at: source,
                "\(MapWords.subject(path, at: source)) has \(MapWords.number(intent.parameters.x)) degrees of freedom by its header, but the sample has \(MapWords.number(df)).",
                remedy: "Correct the sample size; if the header is wrong, set its degrees of freedom (intent_p1).")
        }
    }

    private static func words(_ code: Int) -> String {
        switch code {
        case Intent.correlationCode: "correlations"
        case Intent.tTestCode: "t"
        case Intent.fTestCode: "F"
        case Intent.zScoreCode: "z"
        case Intent.chiSquareCode: "chi-square"
        case Intent.pValueCode: "p"
        case Intent.logPValueCode: "-ln p"
        case Intent.log10PValueCode: "-log10 p"
        default: "another statistic"
        }
    }
}
