import Evidence
import Imaging
import Testing

@Suite("Checks of how p is corrected")
struct CorrectionChecksTests {
    private func experiment(_ number: Int, n: Int, height: Peak.Height) -> Experiment {
        var result = Experiment(
            id: "e\(number)", study: "e\(number)", sample: "e\(number)", n1: n, tThreshold: 3.5,
            report: .peaks(
                (0..<3).map { index in
                    Peak(
                        coordinate: [Double(index * 7 - 20), Double(index * index + number) - 30, Double(index * 5)],
                        space: .mni, height: height, source: .init(file: "peaks.tsv", line: index + 2))
                }), source: .init(file: "studies.tsv", line: number + 2))
        result.covariates = ["dose": .number(Double(number)), "age": .number(Double(number * 5 % 7))]
        return result
    }

    private func codes(
        _ methods: [AnalysisMethod], permutations: Int, covariate: String? = nil, sizes: (Int) -> Int = { _ in 20 },
        height: Peak.Height = .positive
    ) -> [String] {
        var settings = Settings()
        settings.methods = methods
        settings.permutations = permutations
        let model =
            covariate.map {
                ModelPlan(name: "m", covariates: [Covariate($0)], hypothesis: Hypothesis(.covariate($0)))
            } ?? .mean
        let project = Project(
            name: "p", format: .native, experiments: (0..<14).map { experiment($0, n: sizes($0), height: height) },
            covariateNames: ["dose", "age"], settings: settings, models: [model])
        let all = ProjectCheck.run(project)
        #expect(all.errors.isEmpty, "\(all.errors)")
        let wanted: Set = ["permutations-unused", "one-sided-permutation", "covariate-and-size"]
        return all.map(\.code).filter(wanted.contains)
    }

    @Test("Permutations of a mean by effects do nothing, which is said")
    func unused() {
        #expect(codes([.effects], permutations: 500) == ["permutations-unused"])
        #expect(codes([.effects], permutations: 0).isEmpty)
        #expect(codes([.effects], permutations: 500, covariate: "age").isEmpty)
    }

    @Test("Permuting subjects is warned of where more than 90 % of the peaks have one sign")
    func oneSided() {
        #expect(codes([.sdmPSI], permutations: 500) == ["one-sided-permutation"])
        #expect(codes([.sdmPSI], permutations: 0).isEmpty)
        #expect(codes([.sdmPSI, .effects], permutations: 0).isEmpty)
    }

    @Test("A covariate that goes with study size is warned of")
    func confounded() {
        #expect(
            codes([.effects], permutations: 500, covariate: "dose", sizes: { 12 + 2 * $0 }) == ["covariate-and-size"])
        #expect(codes([.effects], permutations: 500, covariate: "dose").isEmpty)
        #expect(codes([.effects], permutations: 500, covariate: "age", sizes: { 12 + 2 * $0 }).isEmpty)
    }
}
