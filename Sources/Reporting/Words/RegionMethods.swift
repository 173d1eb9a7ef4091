import Appraisal
import Evidence
import Figures
import SeedBasedMapping

/// The hypotheses on regions in the methods paragraph.
struct RegionMethods {
    private let models: [ModelFindings]

    /// nil where nothing was asked of regions.
    init?(_ models: [ModelFindings]) {
        self.models = models.filter { !$0.regions.isEmpty }
        if self.models.isEmpty { return nil }
    }

    var text: String {
        var names: [String] = []
        var scales: Set<Double> = []
        for finding in models.flatMap(\.regions) {
            scales.insert(finding.region.priorScale)
            let words = "\(finding.region.name) (\(finding.region.direction.rawValue))"
            if !names.contains(words) { names.append(words) }
        }
        let scale = scales.sorted().map(PrettyNumber.plain).joined(separator: " or ")
        var text =
            "Directed hypotheses were stated for \(PrettyNumber.plural(names.count, "region")): "
            + "\(names.joined(separator: ", ")). In each imputed data set the effects of the experiments were averaged over "
            + "the region's voxels, with the sampling variance of a single voxel, and pooled as above; one-sided p values, "
            + "and Bayes factors against no effect and against the other direction (\(Reference.directedBayes.mark)), with a "
            + "half-normal prior of scale \(scale) (Hedges' g), were computed from the pooled effect and its standard error. "
            + "Bayes factors above 3 and 10, and below 1/3 and 1/10, were read as moderate and strong evidence, those "
            + "below 1/3 only where at least half of the experiments reported something in the region. Neither was "
            + "corrected for the number of regions and models."
        if models.contains(where: { !JointRegions.all($0.regions).isEmpty }) {
            text +=
                " Groups of regions were tested by the intersection–union principle "
                + "(\(Reference.intersectionUnion.mark))."
        }
        return text
    }
}

extension Reference {
    static let directedBayes = Reference(
        "Dienes, 2014",
        "Dienes Z. Using Bayes to get the most out of non-significant results. Frontiers in Psychology 2014; 5: 781.",
        doi: "10.3389/fpsyg.2014.00781")
    static let intersectionUnion = Reference(
        "Berger, 1982",
        "Berger RL. Multiparameter hypothesis testing and acceptance sampling. Technometrics 1982; 24: 295–300.",
        doi: "10.1080/00401706.1982.10487790")
}
