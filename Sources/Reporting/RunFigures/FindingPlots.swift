import Appraisal
import Evidence
import Figures
import Foundation

/// `plots.json` of a model: the plots of its findings as the report shows them, for `cuneus figure`.
///
/// They need every imputation of every study, which no table of a run holds; so the drawings are kept.
package struct FindingPlots: Hashable, Sendable, Codable {
    package struct Plot: Hashable, Sendable, Codable {
        /// `forest`, `funnel`, `bubble`, `contributions`, `jackknife`, `baujat`, `orchard`, `cumulative`.
        package var kind: String
        /// Of `trust.tsv`.
        package var finding: Int
        /// MNI mm of the finding's peak.
        package var x: Double
        package var y: Double
        package var z: Double
        /// What the plot is of, in words.
        package var title: String
        /// As in the report: an `svg` element that the report's style sheet colours.
        package var svg: String
    }

    package var format = 1
    package var plots: [Plot]

    init(_ cards: [FindingCard]) {
        plots = cards.enumerated().flatMap { n, card in
            Self.drawn(card, identifier: "finding-\(n + 1)").map { kind, picture in
                let place = card.assessment.place.coordinate
                let name = card.region.isEmpty ? card.assessment.place.name : card.region
                return Plot(
                    kind: kind, finding: n + 1, x: place.x, y: place.y, z: place.z, title: name, svg: picture.source)
            }
        }
    }

    private static func drawn(_ card: FindingCard, identifier: String) -> [(String, HTML)] {
        let assessment = card.assessment
        let forest = ForestPlot(
            assessment: assessment, subgroups: card.subgroups, names: card.names, identifier: "\(identifier)-forest")
        let funnel = FunnelPlot(assessment: assessment, identifier: "\(identifier)-funnel")
        var plots: [(String, HTML)] = [("forest", forest.html), ("funnel", funnel.html)]
        plots += card.covariates.enumerated().map { n, covariate in
            let name = "\(identifier)-bubble-\(n + 1)"
            return ("bubble", BubblePlot(assessment: assessment, covariate: covariate, identifier: name).html)
        }
        if card.contributions.count > 1 {
            let plot = ContributionPlot(
                contributions: card.contributions, isMean: assessment.design.isInterceptOnly, names: card.names,
                identifier: "\(identifier)-contributions")
            plots.append(("contributions", plot.html))
        }
        if let jackknife = card.jackknife, jackknife.done > 0 {
            let plot = JackknifeStrip(
                jackknife: jackknife, names: card.names, identifier: "\(identifier)-jackknife")
            plots.append(("jackknife", plot.html))
        }
        return plots + TrustPlots(finding: card, names: card.names, identifier: identifier).pictures
    }
}
