import Evidence
import Imaging

/// Makes one project of several inputs, such as the Sleuth files of increases and of decreases.
///
/// The two directions of one contrast, of one study with the same people, become one experiment with all its peaks. As two
/// experiments each would be silent where the other has its peak, and their mean would halve both.
struct ProjectMerger {
    private var experiments: [Experiment] = []
    /// The input that gave an experiment its peaks so far; nil when both directions are in it.
    private var signs: [AssumedSign?] = []
    private var covariateNames: [String] = []
    private var names = UniqueNames()
    private var inputFiles: [String] = []
    private var notices: [Notice] = []
    private var formats: [Project.Format] = []
    private var titles: [String] = []
    private var merged: [String] = []
    /// Plans that inputs bring along.
    private var plansUnused: [Notice] = []

    /// - Throws: when the input holds peaks of the other direction than is said of it.
    mutating func add(_ project: Project, _ input: ProjectInput) throws(InputError) {
        try checkSigns(project, input)
        let earlier = experiments.count
        formats.append(project.format)
        titles.append(project.name)
        inputFiles += project.inputFiles.filter { !inputFiles.contains($0) }
        notices += project.notices.filter { $0.code != "plan-missing" }
        if project.hasPlan || !project.regions.isEmpty {
            plansUnused.append(
                Notice(
                    .warning, code: "plan-unused", at: input.place,
                    "the plan of \(input.path) is of its own experiments, and is not used for several inputs together.",
                    remedy: "Write a plan with inputs: in a folder of its own."))
        }
        for name in project.covariateNames where !covariateNames.contains(name) { covariateNames.append(name) }
        if let group = input.group {
            guard !project.covariateNames.contains(ProjectInput.groupColumn) else {
                throw InputError(
                    at: input.place, "\(input.path) has a column \(ProjectInput.groupColumn) of its own.",
                    remedy: "Leave its group out here.")
            }
            if !covariateNames.contains(ProjectInput.groupColumn) { covariateNames.append(ProjectInput.groupColumn) }
            add(project.experiments, input, before: earlier, group: group)
        } else {
            add(project.experiments, input, before: earlier, group: nil)
        }
    }

    private mutating func add(
        _ added: [Experiment], _ input: ProjectInput, before earlier: Int, group: String?
    ) {
        for experiment in added {
            var experiment = experiment
            if let group { experiment.covariates[ProjectInput.groupColumn] = .text(group) }
            if let index = partner(of: experiment, input.sign, before: earlier) {
                take(experiment, into: index)
                continue
            }
            // One study is one sample, however the files write its name.
            if let mate = experiments[..<earlier].first(where: {
                ContrastSides.key($0.study) == ContrastSides.key(experiment.study)
            }) {
                if experiment.sample == experiment.study { experiment.sample = mate.sample }
                experiment.study = mate.study
            }
            experiment.id = names.next(experiment.id)
            experiments.append(experiment)
            signs.append(input.sign)
        }
    }

    /// The experiment of an earlier input that is the other direction of this one.
    private func partner(of experiment: Experiment, _ sign: AssumedSign?, before earlier: Int) -> Int? {
        guard let sign, !experiment.hasMap else { return nil }
        let candidates = experiments[..<earlier].indices.filter { index in
            let other = experiments[index]
            return signs[index] != nil && signs[index] != sign && !other.hasMap && other.n1 == experiment.n1
                && other.n2 == experiment.n2 && other.measure == experiment.measure
                && ContrastSides.key(other.study) == ContrastSides.key(experiment.study)
                && other.covariates[ProjectInput.groupColumn] == experiment.covariates[ProjectInput.groupColumn]
        }
        let name = Self.contrast(experiment)
        if let same = candidates.first(where: { Self.isSame(Self.contrast(experiments[$0]), name) }) { return same }
        // A contrast without a name may be any; when there is only one, it is that one.
        guard candidates.count == 1, let only = candidates.first,
            name.isEmpty || Self.contrast(experiments[only]).isEmpty
        else { return nil }
        return only
    }

    private static func contrast(_ experiment: Experiment) -> String {
        if case .text(let name) = experiment.covariates[SleuthReader.contrastColumn] ?? .missing { return name }
        return ""
    }

    /// Whether two names are of one contrast: both sides the same, or the same words without those of a direction.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        if let x = ContrastSides(a), let y = ContrastSides(b) { return x.sides == y.sides }
        return withoutDirection(a) == withoutDirection(b)
    }

    private static func withoutDirection(_ name: String) -> String {
        let directions: Set<String> = [
            "increase", "increases", "increased", "decrease", "decreases", "decreased", "activation", "activations",
            "deactivation", "deactivations", "hyperactivation", "hypoactivation", "positive", "negative", "pos", "neg",
            "up",
            "down", "higher", "lower", "greater", "less", "more",
        ]
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.filter { !directions.contains($0) }.joined(separator: " ")
    }

    private mutating func take(_ experiment: Experiment, into index: Int) {
        experiments[index].report = .peaks(experiments[index].peaks + experiment.peaks)
        experiments[index].direction = .both
        if experiments[index].tThreshold == nil { experiments[index].tThreshold = experiment.tThreshold }
        for (name, value) in experiment.covariates {
            if experiments[index].covariates[name] ?? .missing == .missing {
                experiments[index].covariates[name] = value
            }
        }
        signs[index] = nil
        merged.append(experiments[index].id)
    }

    private func checkSigns(_ project: Project, _ input: ProjectInput) throws(InputError) {
        guard let sign = input.sign else { return }
        let wanted = sign.height.sign
        for experiment in project.experiments {
            guard let peak = experiment.peaks.first(where: { $0.height.sign == -wanted }) else { continue }
            throw InputError(
                at: peak.source,
                "\(input.path) is said to hold \(wanted > 0 ? "increases" : "decreases") only, but the peak at "
                    + "\(peak.coordinate.inBrackets) of \"\(experiment.id)\" is \(wanted > 0 ? "negative" : "positive").",
                remedy: "Correct its sign in the file, or leave \(wanted > 0 ? "+" : "-") out.")
        }
    }

    func project() -> Project {
        var notices = notices + (titles.count > 1 ? plansUnused : [])
        if !merged.isEmpty {
            let shown = merged.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
            notices.append(
                Notice(
                    .note, code: "directions-joined", at: experiments.first { merged.contains($0.id) }?.source,
                    "\(merged.count) experiment\(merged.count == 1 ? " stands" : "s stand") in inputs of both signs, with the "
                        + "same study, people and contrast, and \(merged.count == 1 ? "is" : "are each") one: "
                        + "\(shown)\(merged.count > 5 ? " ..." : "")."))
        }
        var experiments = experiments
        for index in experiments.indices {
            for name in covariateNames where experiments[index].covariates[name] == nil {
                experiments[index].covariates[name] = .missing
            }
        }
        return Project(
            name: titles.joined(separator: "_"), format: formats.first ?? .native, experiments: experiments,
            covariateNames: covariateNames, inputFiles: inputFiles, notices: notices)
    }
}

extension SIMD3<Double> {
    fileprivate var inBrackets: String { "(" + [x, y, z].map(NumberText.text).joined(separator: ", ") + ")" }
}
