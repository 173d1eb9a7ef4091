import Figures
import Synthesis

/// The risk of bias of studies as lights: a column per domain, and the whole.
struct RiskLights {
    let risk: OutcomeRisk

    var plot: (studies: [(name: String, lights: [TrafficLightPlot.Light])], domains: [String]) {
        let count = risk.instrument.domains.count
        let isJudged = risk.studies.contains { $0.risk.domains.contains { $0 != nil } }
        let names = isJudged ? (1...count).map { "D\($0)" } : []
        let studies = risk.studies.map { study in
            let domains =
                isJudged ? (0..<count).map { $0 < study.risk.domains.count ? study.risk.domains[$0] : nil } : []
            return (study.name, domains.map(Self.light) + [Self.light(study.risk.overall)])
        }
        return (studies, names + ["overall"])
    }

    /// What the columns are, for a caption.
    var legend: String {
        let domains = risk.instrument.domains.enumerated().map { "D\($0.offset + 1) \($0.element)" }
        return "\(risk.instrument.rawValue): \(domains.joined(separator: ", "))."
    }

    private static func light(_ judgement: RiskJudgement?) -> TrafficLightPlot.Light {
        switch judgement?.severity {
        case 0: .low
        case 1: .some
        case 2, 3: .high
        default: .unknown
        }
    }
}
