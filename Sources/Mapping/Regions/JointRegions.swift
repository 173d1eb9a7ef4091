import Evidence

/// Several hypotheses together: do all of them hold?
///
/// A conjunction is no better supported than its weakest part. The joint p is the largest of the parts', the
/// intersection–union test (Berger 1982, doi:10.1080/00401706.1982.10487790), which holds its level however the parts
/// depend on one another. The regions' estimates come from the same studies, so their Bayes factors are not multiplied; the
/// smallest is given. It says which part is weakest and is not a Bayes factor of the conjunction.
public struct JointRegions: Sendable {
    /// Names of the groups that are joined.
    public let groups: [String]
    /// At least one, in the order of the plan.
    public let parts: [RegionFinding]
    /// The part with the smallest Bayes factor.
    public let weakest: RegionFinding

    /// nil for no parts.
    public init?(groups: [String], parts: [RegionFinding]) {
        guard let weakest = parts.min(by: { $0.logOverNull() < $1.logOverNull() }) else { return nil }
        self.groups = groups
        self.parts = parts
        self.weakest = weakest
    }

    /// Each group by itself, then all groups together where there are several.
    public static func all(_ findings: [RegionFinding]) -> [JointRegions] {
        var groups: [String] = []
        for finding in findings {
            if let group = finding.region.group, !groups.contains(group) { groups.append(group) }
        }
        let single = groups.compactMap { group in
            JointRegions(groups: [group], parts: findings.filter { $0.region.group == group })
        }
        guard groups.count > 1,
            let whole = JointRegions(groups: groups, parts: findings.filter { $0.region.group != nil })
        else { return single }
        return single + [whole]
    }

    /// Of the intersection–union test.
    public var pValue: Double { parts.map(\.pValue).max() ?? 1 }

    public enum Verdict: String, Hashable, Sendable {
        /// Every part has a Bayes factor above 3.
        case supported
        /// Some part has one below 1/3.
        case contradicted
        case inconclusive
    }

    public var verdict: Verdict {
        if parts.contains(where: \.verdict.isAgainst) { return .contradicted }
        return parts.allSatisfy(\.verdict.isFor) ? .supported : .inconclusive
    }
}
