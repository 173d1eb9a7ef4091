import Evidence
import Imaging
import Testing

@Suite("Checks of where an experiment looked")
struct SearchChecksTests {
    private func check(
        _ search: String?, column: String = "search", methods: [AnalysisMethod] = [.effects],
        models: [ModelPlan] = [.mean]
    ) -> [Notice] {
        var settings = Settings()
        settings.methods = methods
        var experiment = Experiment(
            id: "A", study: "A", sample: "A", n1: 20, tThreshold: 3.5,
            report: .peaks([
                Peak(coordinate: [4, -20, 31], space: .mni, height: .t(4.2), source: .init(file: "peaks.tsv", line: 2))
            ]), source: .init(file: "studies.tsv", line: 2))
        if let search { experiment.covariates[column] = .text(search) }
        var other = experiment
        other.id = "B"
        other.covariates = [:]
        let project = Project(
            name: "p", format: .native, experiments: [experiment, other], settings: settings, models: models)
        return ProjectCheck.run(project).filter { $0.code.hasPrefix("search") }
    }

    @Test(
        "Regions only: an error where silence counts, with the filter that mends it; a warning for ALE",
        arguments: ["roi", "SVC", "Regions of interest"])
    func regions(word: String) throws {
        let notice = try #require(check(word).first)
        #expect(notice.severity == .error && notice.code == "search-roi")
        #expect(notice.location == SourceLocation(file: "studies.tsv", line: 2))
        #expect(notice.remedy?.contains("filter: search != \"\(word)\"") == true)
        #expect(check(word, methods: [.ale]).map(\.severity) == [.warning])
        #expect(check(word, column: "Search").count == 1)
    }

    @Test(
        "Whole brain, and nothing said, are nothing to tell; another word is asked about",
        arguments: ["whole brain", "Whole-Brain", "wholebrain"])
    func whole(word: String) {
        #expect(check(word).isEmpty && check(nil).isEmpty)
        #expect(check("half").map(\.code) == ["search-unknown"])
    }
}
