import Comparison
import Evidence
import Figures
import Imaging
import SeedBasedMapping

/// The experiments of a run as the report lists them: thresholds filled in, assumptions marked.
struct ReportStudies {
    let run: RunResults
    private let models: [RunModel]
    /// Peaks in the mask of the first model of effect sizes that an experiment entered, and too far from it; where only coordinate
    /// methods took it, foci in theirs.
    private let placements: [String: PeakPlacement]
    /// How far a peak in the mask may be from it, mm; nil where no method takes peaks.
    private let tolerance: Double?

    init(_ run: RunResults) {
        self.run = run
        models = run.all
        var placements: [String: PeakPlacement] = [:]
        for model in run.models {
            for experiment in model.result.experiments where placements[experiment.id] == nil {
                placements[experiment.id] = PeakPlacement([experiment], mask: model.result.maps.mask)
            }
        }
        for comparison in run.comparisons {
            guard let mask = comparison.fociMask else { continue }
            for experiment in comparison.experiments where placements[experiment.id] == nil {
                placements[experiment.id] = PeakPlacement(foci: [experiment], mask: mask)
            }
        }
        self.placements = placements
        let mask = run.models.first?.result.maps.mask ?? run.comparisons.lazy.compactMap(\.fociMask).first
        tolerance = mask.map { PeakPlacement.tolerance($0) }
    }

    var html: HTML {
        let used = experiments
        let assumed = showsThresholds ? used.count { $0.thresholdIsAssumed && !$0.hasMap } : 0
        var html = table(used).html
        if assumed > 0 {
            html += HTML.element(
                "p", [("class", "soft")],
                "* Assumed: the source does not state a threshold for \(PrettyNumber.plural(assumed, "experiment")).")
        }
        if used.count < run.project.experiments.count {
            let count = run.project.experiments.count - used.count
            html += HTML.element(
                "p", [("class", "soft")],
                "\(PrettyNumber.plural(count, "further experiment")) of the project entered none of the models.")
        }
        let mapped = Set(used.filter(\.hasMap).map(\.id))
        let maps = ReportMaps(maps: run.maps.filter { mapped.contains($0.experiment) }).html
        return HTML.element("p", [], overview(used)) + maps + ReportPage.folded("The experiments", html)
    }

    /// Every experiment that entered a model, in the order of the project, as the first model used it.
    private var experiments: [Experiment] {
        var byID: [String: Experiment] = [:]
        for experiment in models.flatMap(\.experiments) where byID[experiment.id] == nil {
            byID[experiment.id] = experiment
        }
        let inOrder = run.project.experiments.compactMap { byID[$0.id] }
        return inOrder.isEmpty ? models.flatMap(\.experiments) : inOrder
    }

    /// Only effect sizes need them.
    private var showsThresholds: Bool { !run.models.isEmpty }

    private func showsUnsigned(_ used: [Experiment]) -> Bool {
        used.contains { $0.peaks.contains { $0.height == .unknown } }
    }

    private func overview(_ used: [Experiment]) -> String {
        let counts = used.map { PeakCounts($0) }
        let peaks = counts.reduce(0) { $0 + $1.all }
        let signOnly = counts.reduce(0) { $0 + $1.signOnly }
        let maps = used.count { $0.hasMap }
        let silent = zip(used, counts).count { experiment, count in
            if case .peaks = experiment.report { count.all == 0 } else { false }
        }
        var text =
            "\(PrettyNumber.plural(used.count, "experiment")) from "
            + "\(PrettyNumber.plural(Set(used.map(\.study)).count, "study", "studies")) and "
            + "\(PrettyNumber.plural(Set(used.map(\.sample)).count, "sample")), "
            + "\(PrettyNumber.plural(peaks, "peak"))"
        if signOnly > 0 {
            text += ", \(signOnly == peaks ? "all" : PrettyNumber.count(signOnly)) of them with a direction only"
        }
        if maps > 0 { text += ", \(PrettyNumber.plural(maps, "whole-brain map"))" }
        text += "."
        if silent > 0 { text += " \(PrettyNumber.plural(silent, "experiment")) found no peak." }
        let places = used.compactMap { placements[$0.id] }
        let outside = places.reduce(0) { $0 + $1.outsideMask }
        if outside > 0, let tolerance {
            let all = places.reduce(0) { $0 + $1.all }
            text +=
                " \(PrettyNumber.count(outside)) of \(PrettyNumber.plural(all, "peak")) "
                + "\(outside == 1 ? "lies" : "lie") more than \(PrettyNumber.hundredths(tolerance)) mm from the mask of the "
                + "analysis, and \(outside == 1 ? "counts" : "count") only where "
                + "\(outside == 1 ? "its kernel reaches" : "their kernels reach") into it."
        }
        return text
    }

    private func table(_ used: [Experiment]) -> HTMLTable {
        let pmid = column("pmid")
        let doi = column("doi")
        let showsModels = models.count > 1
        var columns: [HTMLTable.Column] = [
            .init("Experiment"), .init("Study"), .init("n₁", number: true), .init("n₂", number: true),
        ]
        if showsThresholds { columns.append(.init("t threshold", number: true)) }
        let isUnsigned = showsUnsigned(used)
        columns += [.init("Increases", number: true), .init("Decreases", number: true)]
        columns.append(isUnsigned ? .init("No direction", number: true) : .init("Direction only", number: true))
        let showsPlacement = used.contains { (placements[$0.id]?.outsideMask ?? 0) > 0 }
        if showsPlacement { columns.append(.init("Outside the mask", number: true)) }
        if showsModels { columns.append(.init("Models")) }
        let shared = models.flatMap(\.sharedSamples)
        if !shared.isEmpty { columns.append(.init("Shared sample")) }
        if pmid != nil || doi != nil { columns.append(.init("Source", unbroken: true)) }
        let members = models.map { model in
            (name: model.plan.name, ids: Set(model.experiments.map(\.id)))
        }
        let rows = used.map { experiment -> [HTML] in
            var row = [HTML.text(experiment.id), HTML.text(experiment.study)] + numbers(experiment, isUnsigned)
            if showsPlacement { row.append(.text(outside(experiment))) }
            if showsModels {
                let names = members.filter { $0.ids.contains(experiment.id) }.map(\.name)
                row.append(.text(names.joined(separator: ", ")))
            }
            if !shared.isEmpty { row.append(.text(words(experiment, shared))) }
            if pmid != nil || doi != nil { row.append(source(experiment, pmid: pmid, doi: doi)) }
            return row
        }
        return HTMLTable(caption: "Experiments as used", columns: columns, rows: rows)
    }

    private func outside(_ experiment: Experiment) -> String {
        guard let placement = placements[experiment.id], placement.all > 0 || !experiment.hasMap else { return "–" }
        return String(placement.outsideMask)
    }

    /// What was done with an experiment that shares its sample, in every model where it does.
    private func words(_ experiment: Experiment, _ shared: [SharedSample]) -> String {
        var seen: Set<String> = []
        return shared.compactMap { $0.words(for: experiment.id) }.filter { seen.insert($0).inserted }
            .joined(separator: "; ")
    }

    private func numbers(_ experiment: Experiment, _ isUnsigned: Bool) -> [HTML] {
        let threshold =
            experiment.tThreshold.map {
                PrettyNumber.fixed($0, 2) + (experiment.thresholdIsAssumed ? "*" : "")
            } ?? "–"
        let groups = [String(experiment.n1), experiment.n2 > 0 ? String(experiment.n2) : "–"]
        if case .map = experiment.report {
            return (groups + (showsThresholds ? ["–"] : []) + ["map", "map", "–"]).map(HTML.text)
        }
        let counts = PeakCounts(experiment)
        let unsigned = experiment.peaks.count { $0.height == .unknown }
        let peaks = [counts.increases, counts.decreases, isUnsigned ? unsigned : counts.signOnly].map(String.init)
        return (groups + (showsThresholds ? [threshold] : []) + peaks).map(HTML.text)
    }

    private func column(_ name: String) -> String? {
        run.project.covariateNames.first { $0.lowercased() == name }
    }

    /// Links only where the value has the form of an identifier, so that no text of a table becomes an address.
    private func source(_ experiment: Experiment, pmid: String?, doi: String?) -> HTML {
        func value(_ column: String?) -> String {
            guard let column, let covariate = experiment.covariates[column] else { return "" }
            switch covariate {
            case .number(let number): return NumberText.shortest(number)
            case .text(let text): return text
            case .missing: return ""
            }
        }
        let id = value(pmid)
        if !id.isEmpty, id.utf8.allSatisfy({ (48...57).contains($0) }) {
            return .link("https://pubmed.ncbi.nlm.nih.gov/\(id)/", "PMID \(id)")
        }
        let article = value(doi)
        let isPlain = article.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"'&\\".utf8.contains($0) }
        if article.hasPrefix("10."), isPlain { return .link("https://doi.org/\(article)", "doi:\(article)") }
        return .text(id.isEmpty ? article : id)
    }
}
