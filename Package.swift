// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "Cuneus",
    products: [
        .library(name: "Cuneus", targets: ["Cuneus"]),
        .executable(name: "cuneus", targets: ["CuneusCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // libdeflate (MIT): one-shot gzip, two to three times faster than zlib.
        .systemLibrary(
            name: "CDeflate", path: "Sources/CDeflate", pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),

        // The few inner loops that need the processor's widest vectors.
        .target(name: "VoxelKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),

        // The science, lowest first. Imports point only to modules on a lower floor (Docs/architecture.md, `make house`).
        .target(name: "Statistics", swiftSettings: settings),
        .target(
            name: "Imaging", dependencies: ["CDeflate"],
            resources: [.copy("Resources")], swiftSettings: settings),
        // What a study, an experiment and a plan are, and what is wrong with them.
        .target(name: "Evidence", dependencies: ["Imaging", "Statistics"], swiftSettings: settings),
        .target(
            name: "Inference", dependencies: ["Imaging", "Statistics", "VoxelKernels"], swiftSettings: settings),
        // Seven file formats: readers and writers, and the one gate for statistic maps.
        .target(
            name: "Formats",
            dependencies: [
                "Evidence", "Imaging", "Statistics", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        // From study effects at a place to how far to trust them.
        .target(
            name: "Appraisal", dependencies: ["Evidence", "Inference", "Statistics"], swiftSettings: settings),
        // The families of methods. None imports another.
        .target(
            name: "SeedBasedMapping",
            dependencies: [
                "Appraisal", "Evidence", "Formats", "Imaging", "Inference", "Statistics", "VoxelKernels",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        // Methods that ask where foci converge: ALE, MKDA, KDA, chi-square, subtraction.
        .target(
            name: "Convergence", dependencies: ["Evidence", "Imaging", "Inference", "Statistics", "VoxelKernels"],
            swiftSettings: settings),
        // Methods that pool whole-brain images: combined z, random effects, regression, permuted least squares.
        .target(
            name: "ImageBased", dependencies: ["Imaging", "Inference", "Statistics", "VoxelKernels"],
            swiftSettings: settings),
        // Results of regions pooled: effect measures, models with dependent results, bias, Bayes.
        .target(name: "Synthesis", dependencies: ["Evidence", "Inference", "Statistics"], swiftSettings: settings),
        // One study of a few people: designs, what may be rearranged in them, corrected p, and what so few can show.
        .target(
            name: "PrimaryStudy", dependencies: ["Imaging", "Inference", "Statistics", "VoxelKernels"],
            swiftSettings: settings),
        // Sentences about the brain judged by what the evidence says.
        .target(
            name: "Claims", dependencies: ["Appraisal", "Evidence", "Imaging", "Inference", "Statistics", "Synthesis"],
            swiftSettings: settings),
        // Pictures from numbers: raster images, brains, plots.
        .target(
            name: "Figures", dependencies: ["Appraisal", "Evidence", "Imaging", "Inference", "Statistics"],
            resources: [.copy("Resources")], swiftSettings: settings),
        // A model by several methods, and where they agree.
        .target(
            name: "Comparison",
            dependencies: [
                "Appraisal", "Convergence", "Evidence", "Formats", "ImageBased", "Imaging", "Inference",
                "SeedBasedMapping", "Statistics",
            ],
            swiftSettings: settings),
        // Words, tables, pages and the folder of a run.
        .target(
            name: "Reporting",
            dependencies: [
                "Appraisal", "Claims", "Comparison", "Convergence", "Evidence", "Figures", "Formats", "Imaging",
                "Inference",
                "PrimaryStudy", "SeedBasedMapping", "Statistics", "Synthesis",
            ],
            resources: [.copy("Resources")], swiftSettings: settings),

        // Everything above under one name, for `import Cuneus`.
        .target(
            name: "Cuneus",
            dependencies: [
                "Appraisal", "Claims", "Comparison", "Convergence", "Evidence", "Figures", "Formats", "ImageBased",
                "Imaging", "Inference", "PrimaryStudy", "Reporting", "SeedBasedMapping", "Statistics", "Synthesis",
            ],
            swiftSettings: settings),

        // The command. (Not named `cuneus`: on a case-insensitive disk that folder would be `Cuneus`.)
        .executableTarget(
            name: "CuneusCommand",
            // What `Cuneus` re-exports is named too: a build that goes on from an earlier one looks for changes in named targets only.
            dependencies: [
                "Cuneus", "Appraisal", "Claims", "Comparison", "Convergence", "Evidence", "Figures", "Formats",
                "ImageBased", "Imaging", "Inference", "PrimaryStudy", "Reporting", "SeedBasedMapping", "Statistics",
                "Synthesis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),

        // Studies with a known truth, for the tests and for `cuneus-bench simulate` and `errors`.
        .target(
            name: "Simulation",
            dependencies: [
                "Appraisal", "Claims", "Evidence", "Imaging", "Inference", "PrimaryStudy", "SeedBasedMapping",
                "Statistics",
                "Synthesis",
            ],
            path: "Benchmarks/Simulation", swiftSettings: settings),

        // Conformance with the published oracle, speed, simulation. `make bench`.
        .executableTarget(
            name: "cuneus-bench",
            dependencies: [
                "Cuneus", "Appraisal", "Claims", "Comparison", "Convergence", "Evidence", "Figures", "Formats",
                "ImageBased", "Imaging", "Inference", "PrimaryStudy", "Reporting", "SeedBasedMapping", "Statistics",
                "Synthesis", "Simulation", "VoxelKernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/CuneusBench", swiftSettings: settings),

        // Every reader with sound files and one to damage, for `make fuzz` and the seeded pass of the tests.
        .target(
            name: "Fuzzing", dependencies: ["Evidence", "Formats", "Imaging", "SeedBasedMapping"],
            path: "Benchmarks/Fuzzing", swiftSettings: settings),

        // Where the reference shelf is, folders that go away, a small head: for all tests.
        .target(name: "TestSupport", dependencies: ["Imaging"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "StatisticsTests", dependencies: ["Statistics"], exclude: ["Reference"], swiftSettings: settings),
        .testTarget(name: "ImagingTests", dependencies: ["TestSupport", "Imaging"], swiftSettings: settings),
        .testTarget(
            name: "EvidenceTests", dependencies: ["TestSupport", "Evidence", "Formats", "Imaging", "Statistics"],
            swiftSettings: settings),
        .testTarget(
            name: "InferenceTests", dependencies: ["TestSupport", "Imaging", "Inference", "Statistics"],
            exclude: ["Reference"],
            swiftSettings: settings),
        .testTarget(
            name: "FormatsTests",
            dependencies: ["TestSupport", "Evidence", "Formats", "Imaging", "Statistics"],
            swiftSettings: settings),
        .testTarget(
            name: "FuzzingTests", dependencies: ["TestSupport", "Evidence", "Formats", "Fuzzing"],
            swiftSettings: settings),
        .testTarget(
            name: "AppraisalTests", dependencies: ["TestSupport", "Appraisal", "Evidence", "Statistics"],
            swiftSettings: settings),
        .testTarget(
            name: "SeedBasedMappingTests",
            dependencies: [
                "TestSupport", "Appraisal", "Evidence", "Formats", "Imaging", "Inference", "SeedBasedMapping",
                "Simulation", "Statistics", "VoxelKernels",
            ],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "ConvergenceTests",
            dependencies: ["TestSupport", "Convergence", "Evidence", "Formats", "Imaging", "Inference", "Statistics"],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "ImageBasedTests",
            dependencies: ["TestSupport", "ImageBased", "Imaging", "Inference", "Statistics", "VoxelKernels"],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "SynthesisTests",
            dependencies: ["TestSupport", "Evidence", "Formats", "Simulation", "Statistics", "Synthesis"],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "PrimaryStudyTests",
            dependencies: ["TestSupport", "Imaging", "Inference", "PrimaryStudy", "Simulation", "Statistics"],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "ClaimsTests",
            dependencies: [
                "TestSupport", "Appraisal", "Claims", "Evidence", "Formats", "Simulation", "Statistics", "Synthesis",
            ],
            exclude: ["Reference"], swiftSettings: settings),
        .testTarget(
            name: "FiguresTests",
            dependencies: ["TestSupport", "Appraisal", "Evidence", "Figures", "Imaging", "Inference", "Statistics"],
            swiftSettings: settings),
        .testTarget(
            name: "ComparisonTests",
            dependencies: [
                "TestSupport", "Appraisal", "Comparison", "Convergence", "Evidence", "Formats", "ImageBased", "Imaging",
                "Inference", "SeedBasedMapping", "Statistics",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "TestSupport", "Appraisal", "Claims", "Comparison", "Evidence", "Figures", "Formats", "Imaging",
                "Inference",
                "PrimaryStudy", "Reporting", "SeedBasedMapping", "Statistics", "Synthesis",
            ],
            swiftSettings: settings),
        // Runs the program; the dependency has it built.
        .testTarget(
            name: "CuneusCommandTests", dependencies: ["TestSupport", "Imaging", "CuneusCommand"],
            exclude: ["Snapshots"], swiftSettings: settings),
    ]
)

// libFuzzer brings the main function, so this links with its sanitizer only: Scripts/fuzz.sh asks for it.
if Context.environment["CUNEUS_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "cuneus-fuzz", dependencies: ["Fuzzing"], path: "Benchmarks/CuneusFuzz",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
