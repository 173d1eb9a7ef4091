import Evidence

extension ParticipantDesign {
    private var first: String { sessions.first ?? "the first session" }
    private var last: String { sessions.last ?? "the last session" }
    private var groupNames: (String, String) {
        let names = question.groups?.names ?? []
        return (names.first ?? "the first group", names.last ?? "the second group")
    }

    /// `therapy, waitlist and controls`.
    private var allGroups: String {
        let names = question.groups?.names ?? []
        return "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
    }

    /// `age`, `age and change of score`: changes come last, since "change of score and age" reads as if age changed, too.
    private var predictorName: String {
        let asked = zip(predictors.map(\.name), question.correlations)
        let names = asked.filter { $0.1.side != .change }.map(\.0) + asked.filter { $0.1.side == .change }.map(\.0)
        guard let last = names.last else { return "the score" }
        return names.count == 1 ? last : "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// What is tested, as the head of a page: `Change from pre to post`.
    public var title: String {
        switch kind {
        case .mean: "Mean of one image a person"
        case .paired: "Change from \(first) to \(last)"
        case .repeated: "Differences among \(sessions.joined(separator: ", "))"
        case .groups: "\(groupNames.0) minus \(groupNames.1)"
        case .severalGroups: "Differences among \(allGroups)"
        case .controlledChange: "Change from \(first) to \(last), \(groupNames.0) minus \(groupNames.1)"
        case .severalChanges: "Change from \(first) to \(last), differences among \(allGroups)"
        case .correlation: "Images on \(predictorName)"
        case .changeOnValue: "Change of the images from \(first) to \(last) on \(predictorName)"
        case .changeOnChange: "Change of the images on \(predictorName), from \(first) to \(last)"
        case .prediction: "Images of \(first) on \(predictorName)"
        }
    }

    /// What values above and below 0 mean; nil for F tests, which have no side.
    public var sides: (positive: String, negative: String)? {
        if predictors.count > 1 { return nil }
        return switch kind {
        case .mean: ("above 0", "below 0")
        case .paired: ("higher in \(last) than in \(first)", "lower in \(last) than in \(first)")
        case .repeated, .severalGroups, .severalChanges: nil
        case .groups:
            ("higher in \(groupNames.0) than in \(groupNames.1)", "lower in \(groupNames.0) than in \(groupNames.1)")
        case .controlledChange:
            (
                "a more positive change in \(groupNames.0) than in \(groupNames.1)",
                "a more negative change in \(groupNames.0) than in \(groupNames.1)"
            )
        case .correlation, .prediction:
            ("higher where \(predictorName) is higher", "lower where \(predictorName) is higher")
        case .changeOnValue, .changeOnChange:
            (
                "a more positive change where \(predictorName) is higher",
                "a more negative change where \(predictorName) is higher"
            )
        }
    }

    /// Exchangeability in words: what is moved, what stays, and what that assumes.
    public var exchangeWords: String { exchangeWords(movingColumns: false) }

    /// - Parameter movingColumns: whether the tested column moves in place of the residuals (Draper and Stoneman).
    public func exchangeWords(movingColumns: Bool) -> String {
        let covariates = columns.filter { !$0.isTested && $0.name != Self.meanName && !isSubject($0.name) }
        let held =
            covariates.isEmpty
            ? ""
            : movingColumns
                ? " What is tested is moved against the images, while \(covariates.map(\.name).joined(separator: ", ")) "
                    + "stay\(covariates.count == 1 ? "s" : "") where \(covariates.count == 1 ? "it is" : "they are") (Draper and Stoneman), which is exact only for large numbers."
                : " What \(covariates.map(\.name).joined(separator: ", ")) explain\(covariates.count == 1 ? "s" : "") is taken out first "
                    + "and put back after each move (Freedman and Lane), which is exact only for large numbers."
        switch exchange {
        case .signs:
            return
                "Without an effect a person's \(kind == .paired ? "difference" : "value") could as well have the other sign: the signs of "
                + "\(units.count) people are flipped, each whole brain at once. This assumes people who are independent of each other and errors "
                + "symmetric about 0.\(held)"
        case .people where question.groups != nil:
            let sizes = sizesOfGroups.map { String($0.count) }
            let others = hasSeveralGroups ? "another" : "the other"
            return
                "Without an effect a person could as well be in \(others) group: the \(units.count) people are dealt anew to groups of "
                + "\(sizes.dropLast().joined(separator: ", ")) and \(sizes.last ?? ""), each with the whole brain\(sessions.isEmpty ? "" : " (the person's change)"). "
                + "This assumes people who are independent and, without an effect, alike in spread too.\(held)"
        case .people:
            return
                "Without an association any person could have had any \(predictors.count > 1 ? "other's " : "")\(predictorName): the \(units.count) people's values are "
                + "shuffled among them, each whole brain at once. This assumes people who are independent and errors of equal spread.\(held)"
        case .withinPeople:
            return
                "Without a difference the \(sessions.count) sessions of a person could as well have been in another order: sessions are "
                + "shuffled within each of \(people) people, never between them. This assumes errors that are alike in all sessions and pairs of sessions."
        }
    }

    private func isSubject(_ name: String) -> Bool { kind == .repeated && name.hasPrefix("subject ") }

    static let meanName = "mean"

    /// What can be said of causes; nil where nothing is to be warned of.
    public var causeWords: String? {
        switch kind {
        case .paired, .repeated, .changeOnChange, .changeOnValue:
            "There is no group here that was scanned twice without it: time, habituation to the scanner and recovery by itself are in this change as well. It is a change after, not because of."
        case .controlledChange, .severalChanges:
            "\(hasSeveralGroups ? "All groups were" : "The other group was") scanned twice\(hasSeveralGroups ? "" : ", too"). Unless people were dealt to the groups by lot, groups may differ in more than what was done."
        case .prediction:
            "A change contains the first score: who begins high tends to fall by chance alone, so what goes with the first score seems to predict the fall. Compare with --covariates \(question.correlations.map { "baseline:\($0.column)" }.joined(separator: ","))."
        case .mean, .groups, .severalGroups, .correlation: nil
        }
    }
}
