import Evidence
import Imaging
import TestSupport
import Testing

@Suite("Checks of contrasts")
struct ContrastChecksTests {
    private func experiment(
        _ id: String, _ contrast: String, signs: [Peak.Height], sample: String = "S", n1: Int = 36, n2: Int = 0
    ) -> Experiment {
        let source = Evidence.SourceLocation(file: "a", line: 1)
        return Experiment(
            id: id, study: id, sample: sample, n1: n1, n2: n2,
            report: .peaks(
                signs.enumerated().map {
                    Peak(coordinate: [Double($0) * 10, 0, 20], space: .mni, height: $1, source: source)
                }), covariates: ["contrast": .text(contrast)], source: source)
    }

    private func codes(_ experiments: [Experiment]) -> [String] {
        ProjectCheck.run(Project(name: "p", format: .native, experiments: experiments, covariateNames: ["contrast"]))
            .map(\.code)
    }

    @Test(
        "two groups in the name with one number of people are warned about",
        arguments: [
            ("Patients > Controls", true), ("MDD vs HC", true), ("healthy < patients", true), ("TD versus ASD", true),
            ("Patients after vs before", false), ("On > Off", false), ("Faces > control", false), ("Patients", false),
            ("A > B > C", false), ("", false),
        ])
    func groups(_ contrast: String, _ warned: Bool) {
        #expect(codes([experiment("A", contrast, signs: [.positive])]).contains("one-group") == warned)
        #expect(!codes([experiment("A", contrast, signs: [.positive], n1: 18, n2: 18)]).contains("one-group"))
    }

    @Test("all-up and all-down experiments of one sample are warned about, unless they compare other things")
    func apart() {
        let up = experiment("A", "P > C", signs: [.t(4), .positive])
        #expect(codes([up, experiment("B", "C > P", signs: [.negative])]).contains("directions-apart"))
        #expect(codes([up, experiment("B", "less", signs: [.t(-4)])]).contains("directions-apart"))
        #expect(!codes([up, experiment("B", "Faces > Houses", signs: [.negative])]).contains("directions-apart"))
        #expect(!codes([up, experiment("B", "C > P", signs: [.negative, .positive])]).contains("directions-apart"))
        #expect(!codes([up, experiment("B", "C > P", signs: [.negative], sample: "T")]).contains("directions-apart"))
        #expect(!codes([up, experiment("B", "C > P", signs: [.negative], n1: 30)]).contains("directions-apart"))
    }

    @Test("a peak too small for any paper gives no threshold, and is named")
    func tiny() {
        for t in [0.0, 0.0001, 0.05, -0.001] {
            let project = Project(
                name: "p", format: .native, experiments: [experiment("A", "x", signs: [.t(4), .t(t)], n1: 20)],
                covariateNames: ["contrast"])
            let notices = ProjectCheck.run(project)
            #expect(notices.errors.isEmpty, "\(notices.errors)")
            #expect(notices.contains { $0.code == "t-tiny" && $0.message.contains("(10, 0, 20)") })
        }
        let low = Project(
            name: "p", format: .native, experiments: [experiment("A", "x", signs: [.t(4), .t(0.9)], n1: 20)],
            covariateNames: ["contrast"])
        let told = ProjectCheck.run(low).first { $0.code == "threshold-implausible" }
        #expect(told?.message.contains("taken from its smallest peak at (10, 0, 20)") == true)
    }
}
