/// Sound projects with all that a plan and a study table can say, and what runs leave behind.
extension SoundFiles {
    static let whole: [String: [UInt8]] = {
        let texts = bytes([
            "cuneus.yaml": """
            name: whole
            question: What changes?
            defaults: {imputations: 20, voxel_size: 4}
            models:
              all: {question: Anything?, measure: change}
              dose:
                measure: change
                covariates: [{column: sessions, centre: mean, scale: 10}]
                test: {covariate: sessions}
                predict:
                  - {name: ten_sessions, sessions: 10}
              by_task:
                measure: change
                filter: n >= 2 and focus_in(-22, -4, -18, 80)
                covariates: [task]
                test: {contrast: [0+1]}
            conjunction: [all, dose]
            bayes: {prior_scale: 0.4}
            regions:
              - {name: dlPFC, atlas: AAL, labels: [Frontal_Mid_L, Frontal_Mid_R], direction: increase}
              - {name: amygdala, sphere: [[-22, -4, -18], [22, -4, -18]], radius: 8, direction: decrease}
              - {name: seed, mask: seen.nii, direction: either, bayes: {prior_scale: 0.3}}
            atlases:
              - {name: own, image: atlas.nii, labels: atlas.txt}
            prisma:
              databases: {PubMed: 812, Embase: 640}
              duplicates: 297
              screened: 1155
              excluded: 1010
              sought: 145
              not_retrieved: 5
              assessed: 140
              exclusions: {no whole-brain table: 74, another contrast: 23}
              included: 43
            outcomes:
              volume: {question: Does it grow?, outcome: volume, region: amygdala, measure: SMD, moderators: [age]}
              thickness: {}

            """,
            "studies.tsv": """
            experiment\tstudy\tsample\tn1\tn2\tmeasure\tt_thr\treport\tdirection\tsearch\tcoverage\tshares_controls\ttask\tsessions
            Able2001\tAble\tA\t20\t\tchange\t3.58\tpeaks\tboth\twhole brain\t\tno\trest\t12
            Baker2002\tBaker\tB\t15\t16\tchange\t\tpeaks\tincreases\troi\tseen.nii\tyes\tfaces\t8
            Baker2002b\tBaker\tB\t14\t16\tchange\t\tnone\tincreases\troi\tseen.nii\tyes\tfaces\t16
            Cole2003\tCole\tC\t12\t0\tcorrelation\t4\tnone\t\t\t\t\trest\t1,5

            """,
            "peaks.tsv": """
            experiment\tx\ty\tz\tspace\tstat\tvalue\tsource
            Able2001\t−42\t26\t0\tmni\tt\t5.5\ttable 2
            Able2001\t30\t-12.5\t42\tmni\tt\t-3.7\t
            Baker2002\t-48\t21\t12\ttalairach\tz\t3.5\t

            """,
            "outcomes.tsv": """
            study\tsample\toutcome\tregion\tm1i\tsd1i\tn1i\tm2i\tsd2i\tn2i\tage
            Able\tA\tvolume\tamygdala\t1.5\t0.4\t20\t1.25\t0.5\t22\t31.5
            Baker\tB\tvolume\tamygdala\t1.6\t0.4\t18\t1.2\t0.5\t19\tNA
            Cole\tC\tthickness\tinsula\t2.6\t0.3\t12\t2.5\t0.4\t12\t40

            """,
        ])
        return texts.merging(pictures) { text, _ in text }
    }()

    private static let pictures: [String: [UInt8]] = {
        let mask = SoundImages.files["mask.nii"] ?? []
        return ["seen.nii": mask, "atlas.nii": mask].merging(bytes(["atlas.txt": "1\tBrain\n"])) { mask, _ in mask }
    }()

    static let atlas = pictures

    /// As ``PermutationLedger`` writes it, by its own checksum.
    static let ledger = bytes([
        "ledger.tsv": """
        # cuneus permutation ledger 1
        # key 00ff
        # permutations 20
        # range 0 20
        permutation\tz\ttfce\tsize\tmass\tz_negative\ttfce_negative\tsize_negative\tmass_negative
        0\t1.5\t20.25\t3.0\t4.5\t1.25\t18.0\t2.0\t2.5
        # block a96c165adf346496

        """
    ])
}
